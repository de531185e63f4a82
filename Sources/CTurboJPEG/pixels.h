// The loops over pixels of the rendering. Four floats a pixel: red, green, blue and luminance.
//
// In C for its vectors and because an unoptimised build of it is still fast enough to be tested. Single precision,
// each operation as it is written: no fused multiplication, no reordering, so that every machine gives the same.
#ifndef MAINSTAY_PIXELS_H
#define MAINSTAY_PIXELS_H

#include <stdint.h>

#pragma STDC FP_CONTRACT OFF

// Aligned as a float, so that any array of floats can hold them.
typedef float mainstay_f4 __attribute__((vector_size(16), aligned(4)));
typedef float mainstay_f2 __attribute__((vector_size(8), aligned(4)));
typedef int32_t mainstay_i4 __attribute__((vector_size(16), aligned(4)));

// Each value, or the nearest of the range.
static inline mainstay_f4 mainstay_clamped(mainstay_f4 value, mainstay_f4 least, mainstay_f4 most) {
  return __builtin_elementwise_min(__builtin_elementwise_max(value, least), most);
}

// Pixels of three bytes to linear light: the sum of one entry of each table, which have the matrix in them.
static inline void mainstay_linear_rgb(
    const uint8_t *restrict source, long count, const float *restrict tables, float *restrict out) {
  const mainstay_f4 *red = (const mainstay_f4 *)tables, *green = red + 256, *blue = green + 256;
  mainstay_f4 *target = (mainstay_f4 *)out;
  for (long i = 0; i < count; i++, source += 3) target[i] = red[source[0]] + green[source[1]] + blue[source[2]];
}

// Pixels of one byte to linear light.
static inline void mainstay_linear_grey(
    const uint8_t *restrict source, long count, const float *restrict table, float *restrict out) {
  const mainstay_f4 *grey = (const mainstay_f4 *)table;
  mainstay_f4 *target = (mainstay_f4 *)out;
  for (long i = 0; i < count; i++) target[i] = grey[source[i]];
}

// A row of pixels from between those of a source, by a filter of six by six.
//
// `source` is the pixel at (0, 0); `stride` is in pixels; positions are in 2^-32 pixels, and all that they reach, from
// two pixels before to three behind, has to be there. `weights` has 256 phases of 8, of which 6 are used.
static inline void mainstay_resample(
    const float *restrict source, long stride, int64_t x, int64_t y, int64_t stepX, int64_t stepY, long count,
    const float *restrict weights, float *restrict out) {
  mainstay_f4 *target = (mainstay_f4 *)out;
  for (long i = 0; i < count; i++, x += stepX, y += stepY) {
    const mainstay_f4 *row = (const mainstay_f4 *)source + (long)((y >> 32) - 2) * stride + (long)((x >> 32) - 2);
    const float *across = weights + 8 * ((x >> 24) & 255), *down = weights + 8 * ((y >> 24) & 255);
    mainstay_f4 sum = {0, 0, 0, 0};
    for (int j = 0; j < 6; j++, row += stride) {
      mainstay_f4 line = row[0] * across[0];
      line += row[1] * across[1];
      line += row[2] * across[2];
      line += row[3] * across[3];
      line += row[4] * across[4];
      line += row[5] * across[5];
      sum += line * down[j];
    }
    target[i] = sum;
  }
}

// How linear light becomes values of 0 to 255.
typedef struct mainstay_tone {
  const float *gain;       // value and step to the next, by the square root of luminance; NULL for none
  float gainScale;         // entries a unit
  int gainLast;            // the last entry
  float colour, grey;      // shares of the pixel and of its luminance
  const float *curves[4];  // value and step to the next, by the square root of light; the fourth is for luminance
  float curveScale;        // entries for the range of 0 to 1
} mainstay_tone;

// A row of samples of eight bits as a PNG has it: behind the number of a filter, of the five the one whose differences have
// the least sum (W3C, Portable Network Graphics, third edition, 9.2 and 12.7).
//
// `above` is the row before, zeros for the first; `step` the bytes of a pixel. `room` has place for MAINSTAY_FILTERS rows of
// one byte more; what is answered lies in it.
enum { MAINSTAY_FILTERS = 5 };
static inline const uint8_t *mainstay_filtered_row(
    const uint8_t *restrict row, const uint8_t *restrict above, long count, int step, uint8_t *restrict room) {
  const uint8_t *best = room;
  uint64_t least = UINT64_MAX;
  for (int filter = 0; filter < MAINSTAY_FILTERS; filter++) {
    uint8_t *out = room + filter * (count + 1);
    uint64_t sum = 0;
    out[0] = (uint8_t)filter;
    for (long i = 0; i < count; i++) {
      int left = i < step ? 0 : row[i - step], up = above[i], corner = i < step ? 0 : above[i - step], guess = 0;
      switch (filter) {
        case 1: guess = left; break;
        case 2: guess = up; break;
        case 3: guess = (left + up) / 2; break;
        case 4: {
          int toLeft = up > corner ? up - corner : corner - up, toUp = left > corner ? left - corner : corner - left;
          int both = left + up - 2 * corner, toCorner = both < 0 ? -both : both;
          guess = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
        }
      }
      uint8_t value = (uint8_t)(row[i] - guess);
      out[i + 1] = value;
      sum += value < 128 ? value : 256 - value;
    }
    if (sum < least) least = sum, best = out;
  }
  return best;
}

// Linear light to values of 0 to 255, in place. Cut off below black and above white.
static inline void mainstay_tone_row(float *pixels, long count, const mainstay_tone *tone, int withLuminance) {
  mainstay_f4 *pixel = (mainstay_f4 *)pixels;
  const mainstay_f4 zero = {0, 0, 0, 0}, one = {1, 1, 1, 1};
  const float *gain = tone->gain, *first = tone->curves[0], *second = tone->curves[1], *third = tone->curves[2];
  const float *fourth = tone->curves[3];
  const float gainScale = tone->gainScale, last = (float)tone->gainLast, colour = tone->colour, grey = tone->grey;
  const float scale = tone->curveScale;
  for (long i = 0; i < count; i++) {
    mainstay_f4 value = pixel[i];
    float luminance = value[3];
    value = value * colour + luminance * grey;
    if (gain) {
      float place = __builtin_sqrtf(luminance > 0 ? luminance : 0) * gainScale;
      place = place < last ? place : last;
      int entry = (int)place;
      value = value * (gain[2 * entry] + (place - (float)entry) * gain[2 * entry + 1]);
    }
    value = mainstay_clamped(value, zero, one);
    mainstay_f4 place = __builtin_elementwise_sqrt(value) * scale;
    mainstay_i4 entry = __builtin_convertvector(place, mainstay_i4);
    mainstay_f4 part = place - __builtin_convertvector(entry, mainstay_f4);
    // Value and step of each, then all values and all steps.
    mainstay_f2 a = *(const mainstay_f2 *)(first + 2 * entry[0]), b = *(const mainstay_f2 *)(second + 2 * entry[1]);
    mainstay_f2 c = *(const mainstay_f2 *)(third + 2 * entry[2]), d = {0, 0};
    if (withLuminance) d = *(const mainstay_f2 *)(fourth + 2 * entry[3]);
    mainstay_f4 ab = __builtin_shufflevector(a, b, 0, 1, 2, 3), cd = __builtin_shufflevector(c, d, 0, 1, 2, 3);
    pixel[i] = __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + part * __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
  }
}

// The fourth value of each pixel, blurred along the row: `taps` has the middle one and those to one side. There are
// `radius` pixels more on both sides of `count`.
static inline void mainstay_blur_across(
    const float *restrict pixels, long count, const float *restrict taps, int radius, float *restrict plain,
    float *restrict out) {
  for (long i = 0; i < count + 2 * radius; i++) plain[i] = pixels[4 * i + 3];
  for (long i = 0; i < count; i++) out[i] = plain[i + radius] * taps[0];
  for (int t = 1; t <= radius; t++)
    for (long i = 0; i < count; i++) out[i] += (plain[i + radius - t] + plain[i + radius + t]) * taps[t];
}

// Raises in a row of pixels what differs from the blurred rows around it, of which `rows` is the middle one.
static inline void mainstay_sharpen(
    float *restrict pixels, long count, const float *restrict rows, long stride, const float *restrict taps,
    int radius, float amount, float *restrict blurred) {
  for (long i = 0; i < count; i++) blurred[i] = rows[i] * taps[0];
  for (int t = 1; t <= radius; t++) {
    const float *above = rows - t * stride, *below = rows + t * stride;
    for (long i = 0; i < count; i++) blurred[i] += (above[i] + below[i]) * taps[t];
  }
  mainstay_f4 *pixel = (mainstay_f4 *)pixels;
  const mainstay_f4 zero = {0, 0, 0, 0}, most = {255, 255, 255, 255};
  for (long i = 0; i < count; i++) {
    mainstay_f4 value = pixel[i] + (pixel[i][3] - blurred[i]) * amount;
    pixel[i] = mainstay_clamped(value, zero, most);
  }
}

// Values of 0 to 255 to bytes. What is rounded up and what down depends on the place: by the fraction of
// x/φ + y/φ², where φ is the root of φ³ = φ + 1, which spreads evenly in both directions. The same for all
// colours of a pixel, so that grey stays grey.
static inline void mainstay_pack(
    const float *restrict pixels, long count, int components, uint32_t x, uint32_t y, uint8_t *restrict out) {
  const mainstay_f4 *pixel = (const mainstay_f4 *)pixels;
  uint32_t place = x * 3242174889u + y * 2447445414u;
  for (long i = 0; i < count; i++, place += 3242174889u) {
    // From 1/64 to 63/64, so that whole values stay what they are.
    float threshold = 0.015625f + (float)(int32_t)(place >> 8) * (0.96875f / 16777216.0f);
    mainstay_i4 value = __builtin_convertvector(pixel[i] + threshold, mainstay_i4);
    for (int c = 0; c < components; c++) *out++ = (uint8_t)value[c];
  }
}

#endif
