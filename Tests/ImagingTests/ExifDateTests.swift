import Testing

@testable import Imaging

@Suite("EXIF dates")
struct ExifDateTests {
    @Test(
        "reads and writes seconds of the camera's clock",
        arguments: [
            ("1970:01:01 00:00:00", 0), ("2026:05:17 18:30:00", 1_779_042_600), ("2000:02:29 23:59:59", 951_868_799),
            ("1969:12:31 23:59:59", -1), ("0001:01:01 00:00:00", -62_135_596_800),
            ("9999:12:31 23:59:59", 253_402_300_799), ("1900:03:01 12:00:00", -2_203_848_000),
        ] as [(String, Int64)])
    func roundTrip(_ text: String, _ seconds: Int64) {
        #expect(ExifDate.seconds(text.utf8) == seconds)
        #expect(ExifDate.text(seconds) == text)
    }

    @Test(
        "reads what other programs write",
        arguments: ["2026-05-17 18:30:00", "2026:05:17T18:30:00", "2026:05:17 18:30:00Z"])
    func variants(_ text: String) { #expect(ExifDate.seconds(text.utf8) == 1_779_042_600) }

    @Test(
        "makes nothing of what is no date",
        arguments: [
            "", "0000:00:00 00:00:00", "    :  :     :  :  ", "2026:13:01 00:00:00", "2026:02:29 00:00:00",
            "2026:05:17 24:00:00", "2026:05:17", "-026:05:17 18:30:00", "1900:02:29 00:00:00", "2026:05:00 00:00:00",
        ])
    func refused(_ text: String) { #expect(ExifDate.seconds(text.utf8) == nil) }
}
