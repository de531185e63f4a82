// Reading PNGs by rows through libpng, which libavcodec's packages bring along.
//
// Here and not in Swift, because libpng reports faults by longjmp, which must never pass through Swift's frames: each
// function below sets its own landing point, calls libpng, and comes back with a status.
#ifndef MAINSTAY_CPNG_H
#define MAINSTAY_CPNG_H

#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct mainstay_png {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, place;
  int isCut;  // whether it was read beyond its end
  jmp_buf landing;
} mainstay_png;

static inline void mainstay_png_fault(png_structp png, png_const_charp text) {
  (void)text;
  longjmp(((mainstay_png *)png_get_error_ptr(png))->landing, 1);
}
static inline void mainstay_png_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static inline void mainstay_png_take(png_structp png, png_bytep to, size_t count) {
  mainstay_png *reader = (mainstay_png *)png_get_io_ptr(png);
  if (count > reader->count - reader->place) {
    reader->isCut = 1;
    png_error(png, "cut");
  }
  memcpy(to, reader->bytes + reader->place, count);
  reader->place += count;
}

static inline void mainstay_png_free(mainstay_png *reader) {
  if (reader->png && setjmp(reader->landing) == 0) png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}

// A reader of a whole file in memory, which has to stay there; NULL without memory.
static inline mainstay_png *mainstay_png_make(const uint8_t *bytes, size_t count) {
  mainstay_png *reader = (mainstay_png *)calloc(1, sizeof(mainstay_png));
  if (!reader) return NULL;
  reader->bytes = bytes, reader->count = count;
  if (setjmp(reader->landing)) {
    mainstay_png_free(reader);
    return NULL;
  }
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, mainstay_png_fault, mainstay_png_warning);
  if (reader->png) reader->info = png_create_info_struct(reader->png);
  if (!reader->info) {
    mainstay_png_free(reader);
    return NULL;
  }
  return reader;
}

// Reads up to the pixels, whatever the size is. 0, or -1 with a fault.
static inline int mainstay_png_head(mainstay_png *reader, size_t memory) {
  // Not read: texts, because many small ones can be gigabytes together; what is read elsewhere or not needed; and what
  // makes libpng drop a profile, where both are there.
  static const png_byte passed[] = "tEXt\0zTXt\0iTXt\0sPLT\0eXIf\0hIST\0pCAL\0sCAL\0cHRM\0gAMA\0sRGB";
  if (setjmp(reader->landing)) return -1;
  png_structp png = reader->png;
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png, memory);
  png_set_chunk_cache_max(png, 1);  // none
  png_set_benign_errors(png, 1);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, passed, sizeof(passed) / 5);
  png_set_read_fn(png, reader, mainstay_png_take);
  png_read_info(png, reader->info);
  return 0;
}

// Takes the memory for rows. 0, or -1 with a fault. They will be of 8 or 16 bits (the higher byte first), grey or RGB,
// with or without alpha.
static inline int mainstay_png_start(mainstay_png *reader) {
  if (setjmp(reader->landing)) return -1;
  png_set_expand(reader->png);
  png_read_update_info(reader->png, reader->info);
  return 0;
}

static inline uint32_t mainstay_png_width(const mainstay_png *r) { return png_get_image_width(r->png, r->info); }
static inline uint32_t mainstay_png_height(const mainstay_png *r) { return png_get_image_height(r->png, r->info); }
static inline int mainstay_png_channels(const mainstay_png *r) { return png_get_channels(r->png, r->info); }
static inline int mainstay_png_bits(const mainstay_png *r) { return png_get_bit_depth(r->png, r->info); }
static inline size_t mainstay_png_row(const mainstay_png *r) { return png_get_rowbytes(r->png, r->info); }
static inline int mainstay_png_is_interlaced(const mainstay_png *r) {
  return png_get_interlace_type(r->png, r->info) != PNG_INTERLACE_NONE;
}

// The ICC profile; NULL where there is none.
static inline const uint8_t *mainstay_png_profile(mainstay_png *reader, uint32_t *count) {
  png_charp name;
  png_bytep profile;
  int compression;
  if (setjmp(reader->landing)) return NULL;
  return png_get_iCCP(reader->png, reader->info, &name, &compression, &profile, count) ? profile : NULL;
}

// Reads the next `count` rows. 0, or -1 with a fault, but for an end that is missing behind the last row.
static inline int mainstay_png_rows(mainstay_png *reader, uint8_t *rows, size_t stride, int count) {
  if (setjmp(reader->landing)) {
    return reader->isCut && png_get_current_row_number(reader->png) == mainstay_png_height(reader) ? 0 : -1;
  }
  for (int i = 0; i < count; i++) png_read_row(reader->png, rows + (size_t)i * stride, NULL);
  return 0;
}

// Reads what stands behind the last row, so that its sum is looked at too. 0, or -1 with a fault.
static inline int mainstay_png_end(mainstay_png *reader) {
  if (reader->isCut || setjmp(reader->landing)) return -1;
  png_read_end(reader->png, NULL);
  return 0;
}

#endif
