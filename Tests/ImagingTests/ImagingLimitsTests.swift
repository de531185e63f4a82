import Testing

@testable import Imaging

@Suite("What limits there are") struct ImagingLimitsTests {}
