import CFFmpeg

/// What is to be done with the colours of a picture.
extension CodedColour {
    /// Whether its brightness is meant for screens of high dynamic range.
    var isHighRange: Bool { transfer == AVCOL_TRC_SMPTE2084 || transfer == AVCOL_TRC_ARIB_STD_B67 }

    /// Weights of red and blue in the brightness (ITU-T H.273, table 4); nil where the matrix is none of these.
    var weights: (red: Double, blue: Double)? {
        switch matrix {
        case AVCOL_SPC_BT709: (0.2126, 0.0722)
        case AVCOL_SPC_FCC: (0.30, 0.11)
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M, AVCOL_SPC_UNSPECIFIED: (0.299, 0.114)
        case AVCOL_SPC_SMPTE240M: (0.212, 0.087)
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: (0.2627, 0.0593)
        default: nil
        }
    }

    /// The number of the same matrix for libswscale.
    var scalerMatrix: Int32 {
        switch matrix {
        case AVCOL_SPC_BT709: 1
        case AVCOL_SPC_FCC: 4
        case AVCOL_SPC_SMPTE240M: 7
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: 9
        default: 5
        }
    }
}
