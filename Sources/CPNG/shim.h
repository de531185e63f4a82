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

// Reads up to the pixels. 0, or -1 with a fault. Rows will be of 8 or 16 bits (the higher byte first), grey or RGB, with
// or without alpha.
static inline int mainstay_png_head(mainstay_png *reader, uint32_t most, size_t memory) {
  if (setjmp(reader->landing)) return -1;
  png_structp png = reader->png;
  png_set_user_limits(png, most, most);
  png_set_chunk_malloc_max(png, memory);
  png_set_benign_errors(png, 1);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
  png_set_read_fn(png, reader, mainstay_png_take);
  png_read_info(png, reader->info);
  png_set_expand(png);
  if (png_get_interlace_type(png, reader->info) == PNG_INTERLACE_NONE) png_read_update_info(png, reader->info);
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

// Reads the next `count` rows. 0, or -1 with a fault.
static inline int mainstay_png_rows(mainstay_png *reader, uint8_t *rows, size_t stride, int count) {
  if (setjmp(reader->landing)) return -1;
  for (int i = 0; i < count; i++) png_read_row(reader->png, rows + (size_t)i * stride, NULL);
  return 0;
}

// Reads what stands behind the last row, so that its sum is looked at too. 0, or -1 with a fault.
static inline int mainstay_png_end(mainstay_png *reader) {
  if (setjmp(reader->landing)) return -1;
  png_read_end(reader->png, NULL);
  return 0;
}

#endif
