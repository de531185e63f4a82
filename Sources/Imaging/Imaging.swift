// Imaging: what is inside a picture's file, and the pictures made from it.
//
// Owns the reading of types, sizes, EXIF, people's words and our XMP markers from bytes; the making of reduced copies
// from mains; the running of recipes, on mains for renditions and on reduced copies for previews; the check of reduced
// copies that peers send; and the threads on which all that work is done. It must never touch a disk or a network, never
// map a file (a mapped file that is cut short kills the process), never decode before the header was held against the
// limits, and never trust a length, an offset or a count that stands in a file.
