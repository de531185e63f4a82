public import Model

/// Of which types the nodes make reduced copies of their mains: the holder's own word, by which everybody goes.
public struct Reducible: Sendable, Hashable {
    /// This node's.
    public var own: Set<ImageType>
    /// Those of each peer that has said so. Of one that was not heard yet it is taken that it can make all.
    public var peers: [NodeID: Set<ImageType>]

    public init(own: Set<ImageType> = ImageType.withPicture, peers: [NodeID: Set<ImageType>] = [:]) {
        (self.own, self.peers) = (own, peers)
    }

    /// Whether a peer makes reduced copies of mains of this type.
    public func isReduced(_ type: ImageType, by peer: NodeID) -> Bool {
        (peers[peer] ?? ImageType.withPicture).contains(type)
    }
}
