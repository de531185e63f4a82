public import Model

/// What a person can ask of a running node: one method for each request of the control socket.
///
/// Every method throws ``ControlFailure`` for what a person can understand; any other error is shown as `failed` with
/// its description. A stream that is no longer read (the command was interrupted) is cancelled, and what it was doing
/// must end cleanly. Paths are the mains' paths.
public protocol NodeControl: Sendable {
    /// The node as it is now. Answered from memory or from one indexed query: it is asked for often.
    func status() async throws -> StatusReport

    /// The status now, and again after changes; the node spaces them (four a second is plenty). Ends with the node.
    func statusChanges() -> AsyncStream<StatusReport>

    /// The known images at or below `path`, by path, in batches of some hundred; all of them for the empty text.
    func images(under path: String, form: HeldForm?) -> AsyncThrowingStream<[ImageLine], any Error>

    /// Those of `paths` at or below which this node knows an image: one here, at a peer, removed, deleted or set aside.
    func known(_ paths: [RelativePath]) async throws -> [RelativePath]

    /// What is held of the image at `path`, what happens next and why. Throws `notFound` for an unknown path.
    func why(_ path: RelativePath) async throws -> WhyReport

    /// The same of all images at or below a folder, summed up; of the whole library for the empty text. Throws `notFound`
    /// for a folder in which no image is known. Looks at each image: a million take a minute.
    func why(folder: String) async throws -> FolderReport

    /// The nodes seen on the network at present.
    func nearby() async throws -> [NearbyLine]

    /// The paired peers, by name.
    func peers() async throws -> [PeerLine]

    /// Trusts a peer no more and forgets what it held. The line is the peer as it was.
    ///
    /// - Parameter peer: its name, its id, or the beginning of its id. Throws `notFound` for none, `usage` for several.
    func unpair(_ peer: String) async throws -> PeerLine

    /// Says what a peer may here. The line is the peer as it is then. Throws as ``unpair(_:)`` does.
    func change(_ request: RightsRequest) async throws -> PeerLine

    /// Makes an invitation: one use, ten minutes.
    ///
    /// - Parameter rights: what the machine that comes may; nil makes it an archive if it says then that it keeps mains, and
    ///   else a member.
    func invite(as rights: PeerRights?) async throws -> InviteReport

    /// Accepts an invitation that another node made.
    ///
    /// - Parameter rights: what that node may; nil as for ``invite(as:)``.
    func join(_ line: String, as rights: PeerRights?) async throws -> PairedReport

    /// Pairs by six digits: with the node of that name (or its id's beginning) nearby, or at `HOST:PORT`; for nil, waits
    /// for the other machine to begin. A reader that stops before the last message cancels the attempt.
    ///
    /// - Parameter rights: what the other machine may; nil makes it a member, and a person is to be asked about the rest.
    func pair(with target: String?, as rights: PeerRights?) -> AsyncThrowingStream<PairingMessage, any Error>

    /// Says whether both machines show the digits of `attempt`. Throws `notFound` when that attempt is over.
    func confirmPairing(attempt: String, yes: Bool) async throws

    /// Looks at the library now, and waits until it is done.
    ///
    /// - Parameter acceptRemovals: takes over the removals of a library that was paused for them.
    func scan(acceptRemovals: Bool) -> AsyncThrowingStream<ScanMessage, any Error>

    /// Takes the library's folder for a new one, empty or put back from a backup: what is missing in it was removed by
    /// nobody, and comes again. Throws `tryAgain` where the folder is not there.
    func newLibrary() -> AsyncThrowingStream<ScanMessage, any Error>

    /// Gets the mains of these images from their holders, at a person's wish before all others, and keeps them.
    ///
    /// - Parameter paths: images, and folders with all below them; none stands for the whole library. A reader that
    ///   stops cancels what this request asked for and nothing else; what has come stays.
    /// - Parameter alone: whether only what is named is meant, and not what belongs to it by its name.
    func fetch(_ paths: [RelativePath], alone: Bool) -> AsyncThrowingStream<WorkMessage, any Error>

    /// Replaces mains by reduced copies, against holds elsewhere. A reader that stops ends it between two images.
    func evict(_ request: EvictRequest) -> AsyncThrowingStream<WorkMessage, any Error>

    /// Evicts the mains of the pictures taken first until that many bytes are free more than now.
    func free(bytes: Int64, dryRun: Bool) -> AsyncThrowingStream<WorkMessage, any Error>

    /// Deletes images everywhere: here at once, elsewhere as peers hear of it. They go into each node's trash.
    ///
    /// Of one image at several paths, the reason names those that were not given. Throws `tryAgain`, with nothing deleted,
    /// where the paths mean something else than was agreed to.
    func delete(_ request: DeleteRequest) -> AsyncThrowingStream<WorkMessage, any Error>

    /// What peers delete at once that waits for an answer here, by peer.
    func review() async throws -> [ReviewLine]

    /// Answers it. The lines are what was answered. Throws as ``unpair(_:)`` does; `notFound` where nothing waits.
    func answer(_ answer: ReviewAnswer) async throws -> [ReviewLine]

    /// What is in this node's trash, the latest first.
    func trash() async throws -> [TrashLine]

    /// Removes from this node's trash for good, but for what it promised to hold.
    ///
    /// - Parameter paths: images and folders of the trash by their mains' paths; none stands for all of it.
    func emptyTrash(_ paths: [RelativePath]) async throws -> EmptiedTrash

    /// Re-reads mains now, and repairs those that are damaged. A reader that stops ends it between two images.
    func verify(_ request: VerifyRequest) -> AsyncThrowingStream<WorkMessage, any Error>

    /// Edits images, or takes edits back: makes recipes, places previews here, and sees to it that a holder of each main
    /// makes the rendition. An edit that is already there is left as it is, and its line tells so.
    ///
    /// A line for each image, in the order of the paths. A reader that stops ends it between two images; edits that were
    /// made stay.
    func edit(_ request: EditRequest) -> AsyncThrowingStream<EditMessage, any Error>

    /// The known edits of images at or below these paths, of all images for none: by the image's path, the latest first,
    /// in batches of some hundred.
    ///
    /// - Parameter paths: a rendition's, or its preview's, stands for the edit that it came of. Throws `notFound` for a
    ///   path at and below which no image is known.
    func edits(under paths: [RelativePath]) -> AsyncThrowingStream<[EditLine], any Error>

    /// Gives out the full-quality picture, from here or through here from a holder.
    ///
    /// Throws `notFound` for an unknown path, and `tryAgain` with who holds or makes the picture when it cannot come now.
    func export(_ request: ExportRequest) async throws -> Export

    /// Wants images again that a person removed or dismissed here, and takes back the deletion of those that were deleted.
    ///
    /// A line for each path, and for each deleted image; a folder stands for all that was removed or deleted below it.
    /// - Parameter deleted: also takes back deletions below a folder of which something else was removed here. Otherwise
    ///   those stay, and their lines say so: who wants files back here need not mean the other machines.
    /// - Parameter alone: as for ``fetch(_:alone:)``.
    func restore(_ paths: [RelativePath], deleted: Bool, alone: Bool) async throws -> [RestoreLine]

    /// Wants images here no more, from now on; their reduced copies here go, their mains stay until a person removes
    /// them. A line for each path.
    ///
    /// - Parameter alone: as for ``fetch(_:alone:)``.
    func dismiss(_ paths: [RelativePath], alone: Bool) async throws -> [DismissLine]

    /// The settings as this node has them.
    func settings() async throws -> SettingsReport

    /// Reads the settings file again, and takes over what can be taken over while the node runs. Throws `failed` for a file
    /// that is not right; all stays as it was then.
    func reloadSettings() async throws -> SettingsReport

    /// Looks at Avahi, the port, the peers' reachability, the disk and the clock.
    func doctor() async throws -> [DoctorFinding]
}
