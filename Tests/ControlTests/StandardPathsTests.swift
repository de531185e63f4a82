import Control
import Testing

@Suite("Where things lie when nobody says otherwise")
struct StandardPathsTests {
    @Test("a bare environment")
    func bare() {
        let paths = StandardPaths(environment: [:], home: "/home/u")
        #expect(paths.library == "/home/u/Pictures")
        #expect(paths.state == "/home/u/.local/state/mainstay")
        #expect(paths.configuration == "/home/u/.config/mainstay/syncd.yaml")
        #expect(paths.controlSocket(state: paths.state) == "/home/u/.local/state/mainstay/syncd.sock")
        #expect(paths.controlSocket(state: "/s") == "/s/syncd.sock")
    }

    @Test("XDG folders, and relative ones passed over as the specification has it")
    func xdg() {
        let paths = StandardPaths(
            environment: ["XDG_STATE_HOME": "/x/state", "XDG_CONFIG_HOME": "x", "XDG_RUNTIME_DIR": "/run/user/7"],
            home: "/home/u")
        #expect(paths.state == "/x/state/mainstay")
        #expect(paths.configuration == "/home/u/.config/mainstay/syncd.yaml")
        #expect(paths.controlSocket(state: paths.state) == "/run/user/7/mainstay/syncd.sock")
    }
}
