// Reading and writing JPEGs by bands of rows through libjpeg's own interface, which TurboJPEG 2.1 has none for.
//
// Here and not in Swift, because libjpeg reports faults by longjmp, which must never pass through Swift's frames: each
// function below sets its own landing point, calls libjpeg, and comes back with a status. A reader or writer may be
// used by any thread, by one at a time.
#ifndef MAINSTAY_BANDS_H
#define MAINSTAY_BANDS_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

// What libjpeg said. `base` is first, so that libjpeg's pointer to it is one to the whole.
typedef struct mainstay_jpeg_faults {
  struct jpeg_error_mgr base;
  jmp_buf landing;
  char fault[JMSG_LENGTH_MAX];    // the error that ended the last call
  char warning[JMSG_LENGTH_MAX];  // the first warning
} mainstay_jpeg_faults;

static inline void mainstay_jpeg_exit(j_common_ptr jpeg) {
  mainstay_jpeg_faults *faults = (mainstay_jpeg_faults *)jpeg->err;
  jpeg->err->format_message(jpeg, faults->fault);
  longjmp(faults->landing, 1);
}

static inline void mainstay_jpeg_emit(j_common_ptr jpeg, int level) {
  mainstay_jpeg_faults *faults = (mainstay_jpeg_faults *)jpeg->err;
  if (level < 0 && jpeg->err->num_warnings++ == 0) jpeg->err->format_message(jpeg, faults->warning);
}

static inline void mainstay_jpeg_silent(j_common_ptr jpeg) { (void)jpeg; }

static inline struct jpeg_error_mgr *mainstay_jpeg_prepare(mainstay_jpeg_faults *faults) {
  jpeg_std_error(&faults->base);
  faults->base.error_exit = mainstay_jpeg_exit;
  faults->base.emit_message = mainstay_jpeg_emit;
  faults->base.output_message = mainstay_jpeg_silent;
  return &faults->base;
}

// MARK: reading

typedef struct mainstay_reader {
  struct jpeg_decompress_struct jpeg;
  mainstay_jpeg_faults faults;
} mainstay_reader;

// A reader of a whole file in memory, which has to stay there; NULL without memory. Its header is not read yet.
static inline mainstay_reader *mainstay_reader_make(void) {
  mainstay_reader *reader = (mainstay_reader *)calloc(1, sizeof(mainstay_reader));
  if (reader) reader->jpeg.err = mainstay_jpeg_prepare(&reader->faults);
  return reader;
}

static inline void mainstay_reader_free(mainstay_reader *reader) {
  if (setjmp(reader->faults.landing) == 0) jpeg_destroy_decompress(&reader->jpeg);
  free(reader);
}

// Reads the header. 0, or -1 with a fault.
static inline int mainstay_reader_open(mainstay_reader *reader, const uint8_t *bytes, size_t count) {
  if (setjmp(reader->faults.landing)) return -1;
  jpeg_create_decompress(&reader->jpeg);
  jpeg_mem_src(&reader->jpeg, bytes, count);
  jpeg_read_header(&reader->jpeg, TRUE);
  return 0;
}

// The colours that the file is of: JCS_GRAYSCALE, JCS_YCbCr, ...
static inline int mainstay_reader_colours(const mainstay_reader *reader) { return (int)reader->jpeg.jpeg_color_space; }

static inline int mainstay_reader_width(const mainstay_reader *reader) { return (int)reader->jpeg.image_width; }
static inline int mainstay_reader_height(const mainstay_reader *reader) { return (int)reader->jpeg.image_height; }

// The quantisation table of a component, in natural order. 0, or -1 where it has none.
static inline int mainstay_reader_table(const mainstay_reader *reader, int component, uint16_t *table) {
  if (component >= reader->jpeg.num_components) return -1;
  int number = reader->jpeg.comp_info[component].quant_tbl_no;
  if (number < 0 || number >= NUM_QUANT_TBLS || !reader->jpeg.quant_tbl_ptrs[number]) return -1;
  for (int i = 0; i < DCTSIZE2; i++) table[i] = reader->jpeg.quant_tbl_ptrs[number]->quantval[i];
  return 0;
}

// Begins to decode to JCS_GRAYSCALE, JCS_RGB or JCS_CMYK, whose pixels have as many bytes. 0, or -1 with a fault.
static inline int mainstay_reader_start(mainstay_reader *reader, int colours, int bytes) {
  if (setjmp(reader->faults.landing)) return -1;
  reader->jpeg.out_color_space = (J_COLOR_SPACE)colours;
  reader->jpeg.dct_method = JDCT_ISLOW;
  if (!jpeg_start_decompress(&reader->jpeg)) return -1;
  return reader->jpeg.output_components == bytes && reader->jpeg.output_width == reader->jpeg.image_width ? 0 : -1;
}

// Decodes the next `count` rows, each of which begins `stride` bytes behind the one before. 0, or -1 with a fault.
static inline int mainstay_reader_rows(mainstay_reader *reader, uint8_t *rows, size_t stride, int count) {
  if (setjmp(reader->faults.landing)) return -1;
  while (count > 0) {
    JSAMPROW row[8];
    int most = count < 8 ? count : 8;
    for (int i = 0; i < most; i++) row[i] = rows + stride * (size_t)i;
    int read = (int)jpeg_read_scanlines(&reader->jpeg, row, (JDIMENSION)most);
    if (read <= 0) return -1;
    rows += stride * (size_t)read;
    count -= read;
  }
  return 0;
}

static inline const char *mainstay_reader_fault(const mainstay_reader *reader) { return reader->faults.fault; }
static inline const char *mainstay_reader_warning(const mainstay_reader *reader) { return reader->faults.warning; }

// MARK: writing

// A piece of the file.
typedef struct mainstay_block {
  struct mainstay_block *next;
  size_t count;
  uint8_t bytes[];
} mainstay_block;

typedef struct mainstay_writer {
  struct jpeg_compress_struct jpeg;
  mainstay_jpeg_faults faults;
  struct jpeg_destination_mgr destination;
  mainstay_block *open;          // being filled
  mainstay_block *first, *last;  // full, oldest first
} mainstay_writer;

enum { MAINSTAY_BLOCK = 1 << 20 };

static inline void mainstay_writer_close_block(mainstay_writer *writer) {
  mainstay_block *block = writer->open;
  if (!block) return;
  writer->open = NULL;
  block->count = MAINSTAY_BLOCK - writer->destination.free_in_buffer;
  if (writer->last) writer->last->next = block; else writer->first = block;
  writer->last = block;
}

static inline void mainstay_writer_open_block(j_compress_ptr jpeg) {
  mainstay_writer *writer = (mainstay_writer *)jpeg->client_data;
  mainstay_block *block = (mainstay_block *)malloc(sizeof(mainstay_block) + MAINSTAY_BLOCK);
  if (!block) {
    strcpy(writer->faults.fault, "Insufficient memory");
    longjmp(writer->faults.landing, 1);
  }
  block->next = NULL;
  block->count = 0;
  writer->open = block;
  writer->destination.next_output_byte = block->bytes;
  writer->destination.free_in_buffer = MAINSTAY_BLOCK;
}

static inline boolean mainstay_writer_empty(j_compress_ptr jpeg) {
  mainstay_writer *writer = (mainstay_writer *)jpeg->client_data;
  writer->destination.free_in_buffer = 0;
  mainstay_writer_close_block(writer);
  mainstay_writer_open_block(jpeg);
  return TRUE;
}

static inline void mainstay_writer_end(j_compress_ptr jpeg) {
  mainstay_writer_close_block((mainstay_writer *)jpeg->client_data);
}

static inline mainstay_writer *mainstay_writer_make(void) {
  mainstay_writer *writer = (mainstay_writer *)calloc(1, sizeof(mainstay_writer));
  if (writer) writer->jpeg.err = mainstay_jpeg_prepare(&writer->faults);
  return writer;
}

static inline void mainstay_writer_free(mainstay_writer *writer) {
  if (setjmp(writer->faults.landing) == 0) jpeg_destroy_compress(&writer->jpeg);
  free(writer->open);
  while (writer->first) {
    mainstay_block *next = writer->first->next;
    free(writer->first);
    writer->first = next;
  }
  free(writer);
}

// What is to be written.
typedef struct mainstay_writing {
  int width, height;
  int components;        // 1 for grey, 3 for RGB pixels that are written as YCbCr
  int horizontal[3], vertical[3];  // sampling factors of each component
  int quality;           // quantised nowhere coarser than libjpeg's tables for this quality ...
  uint16_t tables[3][64];  // ... and than these; 0 for no opinion
} mainstay_writing;

static inline void mainstay_writer_tables(j_compress_ptr jpeg, const mainstay_writing *what) {
  unsigned int tables[3][DCTSIZE2];
  jpeg_set_quality(jpeg, what->quality, TRUE);
  for (int c = 0; c < what->components; c++) {
    const JQUANT_TBL *standard = jpeg->quant_tbl_ptrs[c ? 1 : 0];
    for (int i = 0; i < DCTSIZE2; i++) {
      unsigned int given = what->tables[c][i], most = standard->quantval[i];
      tables[c][i] = given && given < most ? given : most;
    }
  }
  for (int c = 0; c < what->components; c++) {
    int same = c == 2 && memcmp(tables[1], tables[2], sizeof tables[1]) == 0;
    if (!same) jpeg_add_quant_table(jpeg, c, tables[c], 100, TRUE);
    jpeg->comp_info[c].quant_tbl_no = same ? 1 : c;
  }
}

// Begins the file: start marker, JFIF, tables. 0, or -1 with a fault.
static inline int mainstay_writer_start(mainstay_writer *writer, const mainstay_writing *what) {
  if (setjmp(writer->faults.landing)) return -1;
  j_compress_ptr jpeg = &writer->jpeg;
  jpeg_create_compress(jpeg);
  jpeg->client_data = writer;
  writer->destination.init_destination = mainstay_writer_open_block;
  writer->destination.empty_output_buffer = mainstay_writer_empty;
  writer->destination.term_destination = mainstay_writer_end;
  jpeg->dest = &writer->destination;
  jpeg->image_width = (JDIMENSION)what->width;
  jpeg->image_height = (JDIMENSION)what->height;
  jpeg->input_components = what->components;
  jpeg->in_color_space = what->components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg->dct_method = JDCT_ISLOW;
  mainstay_writer_tables(jpeg, what);
  for (int c = 0; c < what->components; c++) {
    jpeg->comp_info[c].h_samp_factor = what->horizontal[c];
    jpeg->comp_info[c].v_samp_factor = what->vertical[c];
  }
  jpeg_start_compress(jpeg, TRUE);
  return 0;
}

// Writes a metadata segment, after the start and before the rows. 0, or -1 with a fault.
static inline int mainstay_writer_marker(mainstay_writer *writer, int code, const uint8_t *bytes, unsigned int count) {
  if (setjmp(writer->faults.landing)) return -1;
  jpeg_write_marker(&writer->jpeg, code, bytes, count);
  return 0;
}

// Encodes the next rows. 0, or -1 with a fault.
static inline int mainstay_writer_rows(mainstay_writer *writer, const uint8_t *rows, size_t stride, int count) {
  if (setjmp(writer->faults.landing)) return -1;
  for (int i = 0; i < count; i++) {
    JSAMPROW row = (JSAMPROW)(rows + stride * (size_t)i);
    if (jpeg_write_scanlines(&writer->jpeg, &row, 1) != 1) return -1;
  }
  return 0;
}

// Ends the file, all of whose rows were written. 0, or -1 with a fault.
static inline int mainstay_writer_finish(mainstay_writer *writer) {
  if (setjmp(writer->faults.landing)) return -1;
  jpeg_finish_compress(&writer->jpeg);
  return 0;
}

// Takes the oldest full piece out, to be freed by the caller; NULL when there is none.
static inline mainstay_block *mainstay_writer_take(mainstay_writer *writer) {
  mainstay_block *block = writer->first;
  if (!block) return NULL;
  writer->first = block->next;
  if (!writer->first) writer->last = NULL;
  return block;
}

static inline const uint8_t *mainstay_block_bytes(const mainstay_block *block) { return block->bytes; }

static inline const char *mainstay_writer_fault(const mainstay_writer *writer) { return writer->faults.fault; }

#endif
