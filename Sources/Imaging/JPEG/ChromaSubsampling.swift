/// How much coarser a JPEG's colour is than its brightness.
public enum ChromaSubsampling: Sendable, CaseIterable {
    /// 4:4:4, equally fine.
    case s444
    /// 4:2:2, half the columns.
    case s422
    /// 4:2:0, half the columns and half the rows: what nearly all cameras write.
    case s420
    /// 4:4:0, half the rows: 4:2:2 after a lossless quarter turn.
    case s440
    /// 4:1:1, a quarter of the columns.
    case s411
    /// No colour at all.
    case grey
}
