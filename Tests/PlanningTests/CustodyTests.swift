import Planning
import Testing

@Suite("Custody")
struct CustodyTests {
    private let now = Duration.seconds(1000)

    @Test("A main that is here and wanted may be promised, evicted and set aside")
    func free() {
        let custody = Custody(holdsMain: true)
        #expect(custody.refusalToHold == nil)
        #expect(custody.refusalToEvict(at: now) == nil)
        #expect(custody.refusalToSetAside(at: now) == nil)
    }

    @Test("A node that is evicting promises nothing, begins no second time, and sets nothing aside")
    func evicting() {
        let custody = Custody(holdsMain: true, isEvicting: true)
        #expect(custody.refusalToHold == .evicting)
        #expect(custody.refusalToEvict(at: now) == .evicting)
        #expect(custody.refusalToSetAside(at: now) == .evicting)
        #expect(custody.refusalToSetAside(at: now, isDamaged: true) == .evicting)
    }

    @Test("A promise to a peer keeps the main until it ends, and no promise keeps another from being made")
    func held() {
        let end = now + .milliseconds(1)
        let custody = Custody(holdsMain: true, heldUntil: end)
        #expect(custody.refusalToHold == nil)
        #expect(custody.refusalToEvict(at: now) == .held(until: end))
        #expect(custody.refusalToSetAside(at: now) == .held(until: end))
        #expect(custody.refusalToSetAside(at: now, isDamaged: true) == nil)
        #expect(custody.refusalToEvict(at: end) == nil)
        #expect(custody.refusalToSetAside(at: end) == nil)
    }

    @Test("What is deleted is neither promised nor evicted, and goes into the trash")
    func deleted() {
        let custody = Custody(holdsMain: true, isDeleted: true)
        #expect(custody.refusalToHold == .deleted)
        #expect(custody.refusalToEvict(at: now) == .deleted)
        #expect(custody.refusalToSetAside(at: now) == nil)
    }

    @Test("What is not here is neither promised nor evicted")
    func absent() {
        let custody = Custody(holdsMain: false, isEvicting: true, isDeleted: true)
        #expect(custody.refusalToHold == .noMain)
        #expect(custody.refusalToEvict(at: now) == .noMain)
    }
}
