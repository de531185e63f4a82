// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let http = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// A released program has Swift's own libraries inside: it needs no Swift on the machine, nor at the same place for every
/// user. Said where it is linked and not for the whole build, so that the tests, which cannot have them inside, are built
/// together with the very programs that ship. The names are those of the archives beside Foundation's own.
let swiftInside = LinkerSetting.unsafeFlags(
    [
        "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims", "-l_FoundationCollections",
        // What the program calls elsewhere is looked up before it begins, and cannot be changed after that.
        "-Xlinker", "-z", "-Xlinker", "now",
    ],
    .when(configuration: .release))

/// The modules, lowest first. A module may depend only on those above its own line.
let package = Package(
    name: "mainstay",
    products: [
        .executable(name: "syncd", targets: ["syncd"]),
        .executable(name: "syncd-decoder", targets: ["syncd-decoder"]),
        .executable(name: "syncctl", targets: ["syncctl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CDNSSD", providers: [.apt(["libavahi-compat-libdnssd-dev"])]),
        .systemLibrary(name: "CTurboJPEG", providers: [.apt(["libturbojpeg0-dev", "libjpeg-dev"])]),
        .systemLibrary(name: "CLinux", providers: [.apt(["libc6-dev"])]),
        .systemLibrary(
            name: "CFFmpeg", providers: [.apt(["libavcodec-dev", "libavformat-dev", "libswscale-dev"])]),
        .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CTIFF", providers: [.apt(["libtiff-dev"])]),
        .systemLibrary(name: "CWebP", providers: [.apt(["libwebp-dev"])]),
        .systemLibrary(name: "CSeccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "Model", dependencies: [crypto]),
        .target(name: "Planning", dependencies: ["Model"]),
        .target(name: "Imaging", dependencies: ["Model", "CTurboJPEG", "CZlib"]),
        .target(name: "Decoding", dependencies: ["Model", "Imaging", "CLinux"]),
        .target(
            name: "DecoderProgram",
            dependencies: ["Model", "Imaging", "Decoding", "CLinux", "CFFmpeg", "CPNG", "CSeccomp", "CTIFF", "CWebP"]),
        .target(name: "Disk", dependencies: ["Model", "Planning", "CLinux", crypto, system]),
        .target(
            name: "Catalogue",
            dependencies: ["Model", "Planning", .product(name: "GRDB", package: "GRDB.swift")]),
        .target(
            name: "Identity",
            dependencies: [
                "Model", crypto,
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ]),
        .target(
            name: "Control",
            dependencies: [
                "Model", http, httpClient, lifecycle, logging, nio, nioPosix,
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ]),
        .target(
            name: "Settings", dependencies: ["Control", "Model", logging, .product(name: "Yams", package: "Yams")]),
        .target(name: "Discovery", dependencies: ["Model", "CDNSSD", logging]),
        .target(
            name: "PeerProtocol",
            dependencies: [
                "Model", "Identity", "CZlib", crypto, httpClient, lifecycle, logging, nio, nioHTTP1, nioPosix, nioSSL,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ]),
        .target(
            name: "Agent",
            dependencies: [
                "Model", "Planning", "Imaging", "Decoding", "Disk", "Catalogue", "Identity", "Control", "Discovery",
                "PeerProtocol", "CLinux", lifecycle, logging,
                .product(name: "HeapModule", package: "swift-collections"),
            ]),

        .target(
            name: "Startup",
            dependencies: [
                "Agent", "Settings", "Control", "Decoding", "Imaging", "Model", arguments, lifecycle, logging, signals,
            ]),
        .target(
            name: "Console",
            dependencies: ["Settings", "Control", "Model", arguments, crypto, signals, subprocess, system]),
        .executableTarget(name: "syncd", dependencies: ["Startup"], linkerSettings: [swiftInside]),
        .executableTarget(
            name: "syncd-decoder", dependencies: ["DecoderProgram"], linkerSettings: [swiftInside]),
        .executableTarget(name: "syncctl", dependencies: ["Console"], linkerSettings: [swiftInside]),

        .target(
            name: "TestSupport",
            dependencies: ["Model", "Disk", "Imaging", "Identity", "Control", crypto, subprocess, system],
            path: "Tests/TestSupport"),
        .target(name: "SingleChanges", dependencies: ["Catalogue", "Model", "Planning"], path: "Tests/SingleChanges"),
        .testTarget(name: "ModelTests", dependencies: ["Model", "TestSupport"]),
        .testTarget(name: "PlanningTests", dependencies: ["Planning", "TestSupport"]),
        .testTarget(name: "ImagingTests", dependencies: ["Imaging", "TestSupport"]),
        .executableTarget(
            name: "DecoderAttacker", dependencies: ["DecoderProgram", "Decoding"], path: "Tests/DecoderAttacker"),
        .testTarget(
            name: "DecodingTests",
            dependencies: [
                "CZlib", "DecoderProgram", "Decoding", "Imaging", "Model", "TestSupport", "DecoderAttacker",
            ]),
        .testTarget(name: "DiskTests", dependencies: ["Disk", "CLinux", "TestSupport"]),
        .testTarget(
            name: "CatalogueTests",
            dependencies: [
                "Catalogue", "SingleChanges", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "IdentityTests",
            dependencies: [
                "Identity", "TestSupport", crypto,
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ]),
        .executableTarget(
            name: "DiscoveryDriver", dependencies: ["Discovery", "Model", logging], path: "Tests/DiscoveryDriver"),
        .testTarget(name: "DiscoveryTests", dependencies: ["Discovery", "DiscoveryDriver", "TestSupport"]),
        .testTarget(name: "ControlTests", dependencies: ["Control", "TestSupport"]),
        .target(
            name: "HostilePeer",
            dependencies: ["Identity", "Model", "PeerProtocol", crypto, logging, nio, nioPosix, nioSSL],
            path: "Tests/Hostile/Peer"),
        .testTarget(
            name: "PeerProtocolTests",
            dependencies: [
                "HostilePeer", "PeerProtocol", "Planning", "TestSupport", crypto, httpClient, lifecycle, logging, nio,
                nioHTTP1, nioPosix, nioSSL,
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ]),
        .executableTarget(
            name: "Hostile",
            dependencies: [
                "HostilePeer", "Identity", "Imaging", "Model", "PeerProtocol", arguments, crypto, nio, nioPosix, nioSSL,
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            path: "Tests/Hostile/Command"),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "Catalogue", "Control", "Disk", "HostilePeer", "Identity", "Imaging", "Model", "PeerProtocol",
                "Planning", "SingleChanges", "TestSupport", crypto, logging, system,
            ]),
        .testTarget(
            name: "CommandTests", dependencies: ["Console", "Settings", "Startup", "Control", "TestSupport", crypto]),
        .testTarget(name: "HostTests", dependencies: ["CLinux", "Control", "TestSupport"]),
        .target(
            name: "Simulation", dependencies: ["Model", "Planning"], path: "Tests/Simulator/Simulation"),
        .target(
            name: "Histories", dependencies: ["Model", "Planning", "Disk", "Catalogue", "SingleChanges", "Simulation"],
            path: "Tests/Simulator/Histories"),
        .executableTarget(
            name: "Simulator", dependencies: ["Simulation", "Histories", arguments], path: "Tests/Simulator/Command"),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation", "Histories"]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CLinux", "CTurboJPEG", "Catalogue", "Control", "Decoding", "Imaging", "Model", "SingleChanges",
                "TestSupport", arguments, system,
            ],
            path: "Tests/Benchmarks", exclude: ["README.md"]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = swiftSettings
}

// The tests of a release use the very programs that ship: what they import as @testable is built for that in either
// configuration. The tests themselves are not optimised, which would take longer than all the rest.
let whatShips: Set = [
    "Agent", "Settings", "Console", "Control", "Decoding", "Discovery", "Disk", "Imaging", "PeerProtocol", "Startup",
]
for target in package.targets where whatShips.contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-enable-testing"], .when(configuration: .release)))
}
// Two passes of the optimiser of Swift 6.3 change what async code does, and are off:
// - LLVM's elimination of dead stores takes a store for dead that is read after an `await` (CompilerFaultTests has the
//   program; a scan limit of 0 keeps the pass from looking for such stores).
// - Specialising a function for an async closure that is passed to it crashed PeerExchange.take with its next `await`.
let optimiser = ["-Xllvm", "-dse-memoryssa-scanlimit=0", "-Xllvm", "-sil-disable-pass=closure-specialize"]
for target in package.targets {
    target.swiftSettings?.append(
        .unsafeFlags(target.type == .test ? ["-Onone"] : optimiser, .when(configuration: .release)))
}
