// Decoding: the agent's side of syncd-decoder, the program that decodes what strangers may have made.
//
// Owns the form of orders and answers, the processes that do the work, and how many of them there are for how long. It
// must never trust a number in an answer, hand over a descriptor that can be written to but the answer's own memory,
// show a person what a decoder wrote without cleaning it, or let a decoder outlive its agent.
