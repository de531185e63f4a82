public import Model

/// When, where and with what a picture was taken, as far as its file says.
public struct CaptureFacts: Hashable, Sendable {
    /// When, by the camera's clock.
    public var time: CaptureTime?
    /// Maker and model of the camera, for people to read.
    public var camera: String?
    /// Where.
    public var place: Place?

    init(time: CaptureTime? = nil, camera: String? = nil, place: Place? = nil) {
        (self.time, self.camera, self.place) = (time, camera, place)
    }

    /// The same, with what another part of the file says of what this one does not.
    func completed(by other: CaptureFacts?) -> CaptureFacts {
        CaptureFacts(
            time: time ?? other?.time, camera: camera ?? other?.camera, place: place ?? other?.place)
    }
}

/// A time of a camera's clock.
public struct CaptureTime: Hashable, Sendable {
    /// Since 1970-01-01 00:00:00 of that clock.
    public var seconds: Int64
    /// The zone of that clock; nil where the file does not say it.
    public var zone: ClockZone?

    init(_ seconds: Int64, _ zone: ClockZone? = nil) { (self.seconds, self.zone) = (seconds, zone) }

    /// The first of EXIF's times, each with its zone as it is written beside it.
    ///
    /// A zone that is written beside another of them counts too where both are the same time.
    init?(exif said: [(time: ArraySlice<UInt8>?, zone: ArraySlice<UInt8>?)]) {
        let times = said.map { (seconds: $0.time.flatMap(ExifDate.seconds), zone: $0.zone.flatMap { ClockZone($0) }) }
        guard let seconds = times.lazy.compactMap(\.seconds).first else { return nil }
        self.init(seconds, times.first { $0.seconds == seconds && $0.zone != nil }?.zone)
    }
}
