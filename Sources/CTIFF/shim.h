// Reading TIFFs by rows through libtiff, which libavcodec's packages bring along. What it reads is in memory.
#ifndef MAINSTAY_CTIFF_H
#define MAINSTAY_CTIFF_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

typedef struct mainstay_tiff {
  TIFF *tiff;
  const uint8_t *bytes;
  uint64_t count, place;
} mainstay_tiff;

static inline tmsize_t mainstay_tiff_take(thandle_t handle, void *to, tmsize_t size) {
  mainstay_tiff *reader = (mainstay_tiff *)handle;
  uint64_t left = reader->place < reader->count ? reader->count - reader->place : 0;
  uint64_t taken = size < 0 ? 0 : (uint64_t)size < left ? (uint64_t)size : left;
  if (taken > 0) memcpy(to, reader->bytes + reader->place, taken);
  reader->place += taken;
  return (tmsize_t)taken;
}
static inline tmsize_t mainstay_tiff_refuse(thandle_t handle, void *from, tmsize_t size) {
  (void)handle, (void)from, (void)size;
  return 0;
}
static inline toff_t mainstay_tiff_seek(thandle_t handle, toff_t offset, int whence) {
  mainstay_tiff *reader = (mainstay_tiff *)handle;
  uint64_t from = whence == SEEK_CUR ? reader->place : whence == SEEK_END ? reader->count : 0;
  return reader->place = from + offset;
}
static inline int mainstay_tiff_close(thandle_t handle) {
  (void)handle;
  return 0;
}
static inline toff_t mainstay_tiff_size(thandle_t handle) { return ((mainstay_tiff *)handle)->count; }
static inline int mainstay_tiff_map(thandle_t handle, void **base, toff_t *size) {
  mainstay_tiff *reader = (mainstay_tiff *)handle;
  *base = (void *)reader->bytes, *size = reader->count;
  return 1;
}
static inline void mainstay_tiff_unmap(thandle_t handle, void *base, toff_t size) {
  (void)handle, (void)base, (void)size;
}

static inline void mainstay_tiff_free(mainstay_tiff *reader) {
  if (reader->tiff) TIFFClose(reader->tiff);
  free(reader);
}

// A reader of a whole file in memory, which has to stay there; NULL for what is no TIFF, or without memory.
static inline mainstay_tiff *mainstay_tiff_make(const uint8_t *bytes, size_t count) {
  mainstay_tiff *reader = (mainstay_tiff *)calloc(1, sizeof(mainstay_tiff));
  if (!reader) return NULL;
  reader->bytes = bytes, reader->count = count;
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
  reader->tiff = TIFFClientOpen(
      "main", "r", reader, mainstay_tiff_take, mainstay_tiff_refuse, mainstay_tiff_seek, mainstay_tiff_close,
      mainstay_tiff_size, mainstay_tiff_map, mainstay_tiff_unmap);
  if (reader->tiff) return reader;
  free(reader);
  return NULL;
}

// What the rows of the first picture are.
struct mainstay_tiff_about {
  uint32_t width, height;
  int channels, bits;
  size_t row;  // bytes
};

// Whether its rows are grey or RGB, of 8 or 16 bits, coded without loss, and can be read one after the other.
static inline int mainstay_tiff_has_rows(const mainstay_tiff *reader, struct mainstay_tiff_about *about) {
  TIFF *tiff = reader->tiff;
  uint16_t bits = 1, channels = 1, planes = 1, format = 1, coding = 1, meaning = 0xFFFF;
  if (TIFFIsTiled(tiff)) return 0;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &about->width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &about->height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &channels);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planes);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &coding);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &meaning);
  about->channels = channels, about->bits = bits;
  about->row = (size_t)TIFFScanlineSize(tiff);
  int isPlain = coding == COMPRESSION_NONE || coding == COMPRESSION_LZW || coding == COMPRESSION_PACKBITS ||
                coding == COMPRESSION_ADOBE_DEFLATE || coding == COMPRESSION_DEFLATE;
  int isKnown = (channels == 1 && meaning == PHOTOMETRIC_MINISBLACK) || (channels == 3 && meaning == PHOTOMETRIC_RGB);
  return isPlain && isKnown && planes == PLANARCONFIG_CONTIG && format == SAMPLEFORMAT_UINT &&
         (bits == 8 || bits == 16) && about->row == (size_t)about->width * (size_t)(channels * bits / 8);
}

// Reads `count` rows from `first` on. 0, or -1 where some are missing.
static inline int mainstay_tiff_rows(
    const mainstay_tiff *reader, uint8_t *rows, size_t stride, uint32_t first, int count) {
  for (int i = 0; i < count; i++)
    if (TIFFReadScanline(reader->tiff, rows + (size_t)i * stride, first + (uint32_t)i, 0) != 1) return -1;
  return 0;
}

// Where the strip of a row begins in the file.
static inline uint64_t mainstay_tiff_place(const mainstay_tiff *reader, uint32_t row) {
  uint32_t strip = TIFFComputeStrip(reader->tiff, row, 0);
  return TIFFGetStrileOffset(reader->tiff, strip);
}

// The ICC profile; NULL where there is none.
static inline const uint8_t *mainstay_tiff_profile(const mainstay_tiff *reader, uint32_t *count) {
  void *profile = NULL;
  return TIFFGetField(reader->tiff, TIFFTAG_ICCPROFILE, count, &profile) ? (const uint8_t *)profile : NULL;
}

#endif
