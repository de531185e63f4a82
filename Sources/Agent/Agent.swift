// Agent: the running node, composed of one service for each duty.
//
// Owns the order of things: what a scan found goes to the catalogue, what the catalogue knows goes to the planner, what
// the planner wants is got from peers and placed. It decides nothing about an image by itself: `Planning` does; touches
// no file by itself: `Disk` does; and must never remove, overwrite or publish anything on a peer's word alone.
