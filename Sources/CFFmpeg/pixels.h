// Loops over pixels, which clang turns into vector instructions.
#ifndef MAINSTAY_CFFMPEG_PIXELS_H
#define MAINSTAY_CFFMPEG_PIXELS_H

#include <stddef.h>
#include <stdint.h>

// Rows of RGBA over white; the fourth byte becomes 255.
static inline void mainstay_over_white(uint8_t *restrict pixels, long count) {
  // Most are opaque.
  uint8_t all = 255;
  for (long i = 0; i < count; i++) all &= pixels[4 * i + 3];
  if (all == 255) return;
  for (long i = 0; i < count; i++, pixels += 4) {
    uint32_t alpha = pixels[3], rest = 255 * (255 - alpha);
    for (int c = 0; c < 3; c++) pixels[c] = (uint8_t)((pixels[c] * alpha + rest + 127) / 255);
    pixels[3] = 255;
  }
}

// The same with 16 bits.
static inline void mainstay_over_white_16(uint16_t *restrict pixels, long count) {
  for (long i = 0; i < count; i++, pixels += 4) {
    uint64_t alpha = pixels[3], rest = 65535ull * (65535 - alpha);
    for (int c = 0; c < 3; c++) pixels[c] = (uint16_t)((pixels[c] * alpha + rest + 32767) / 65535);
    pixels[3] = 65535;
  }
}

static inline uint8_t mainstay_byte(int value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

// A row of brightness with its row of colours, by the weights of another matrix: of Cb and Cr in Y, in units of 2^-14.
static inline void mainstay_rematrix_luma(
    uint8_t *restrict y, long count, int shift, const uint8_t *restrict cb, const uint8_t *restrict cr, int a, int b) {
  for (long i = 0; i < count; i++) {
    int u = cb[i >> shift] - 128, v = cr[i >> shift] - 128;
    y[i] = mainstay_byte(y[i] + ((a * u + b * v + 8192) >> 14));
  }
}
static inline void mainstay_rematrix_chroma(uint8_t *restrict cb, uint8_t *restrict cr, long count, const int *m) {
  for (long i = 0; i < count; i++) {
    int u = cb[i] - 128, v = cr[i] - 128;
    cb[i] = mainstay_byte(128 + ((m[0] * u + m[1] * v + 8192) >> 14));
    cr[i] = mainstay_byte(128 + ((m[2] * u + m[3] * v + 8192) >> 14));
  }
}

// Rows of YCbCr over white, by an opacity of the size of the brightness. `isDone` where the colours were multiplied by it
// already.
static inline void mainstay_blend_luma(uint8_t *restrict y, const uint8_t *restrict alpha, long count, int isDone) {
  for (long i = 0; i < count; i++) {
    int rest = 255 - alpha[i];
    y[i] = mainstay_byte(isDone ? y[i] + rest : (y[i] * alpha[i] + 255 * rest + 127) / 255);
  }
}
static inline void mainstay_blend_chroma(
    uint8_t *restrict c, const uint8_t *restrict alpha, const uint8_t *restrict below, long count, int shift, long width) {
  for (long i = 0; i < count; i++) {
    long x = i << shift, next = x + shift < width ? x + shift : width - 1;
    int a = (alpha[x] + alpha[next] + below[x] + below[next] + 2) / 4;
    c[i] = (uint8_t)((c[i] * a + 128 * (255 - a) + 127) / 255);
  }
}

// Tables with which pictures of high dynamic range become pictures for usual screens.
struct mainstay_range {
  // The light of a sample: 4,097 entries for 16 bits.
  const float *light;
  // The light of all of a scene by the brightness of a place, by its root; null where that is one.
  const float *scene;
  // What light is multiplied by, by the root of the strongest of the three; 1,025 entries up to `most`.
  const float *gain;
  // Samples of 8 bits, by the root of light; 4,097 entries.
  const float *code;
  float most;
  float weights[3];
  float matrix[9];
};

// The place of a value in a table, and what stands there.
static inline float mainstay_look(const float *table, float place, int last) {
  int entry = (int)place;
  entry = entry < last ? entry : last - 1;
  float part = place - (float)entry;
  return table[entry] + part * (table[entry + 1] - table[entry]);
}

static inline void mainstay_range_row(
    const uint16_t *restrict in, long count, const struct mainstay_range *tone, uint32_t x, uint32_t y,
    uint8_t *restrict out) {
  uint32_t dither = x * 3242174889u + y * 2447445414u;
  const float *m = tone->matrix;
  for (long i = 0; i < count; i++, in += 3, out += 3, dither += 3242174889u) {
    float r = mainstay_look(tone->light, (float)in[0] * 0.0625f, 4096);
    float g = mainstay_look(tone->light, (float)in[1] * 0.0625f, 4096);
    float b = mainstay_look(tone->light, (float)in[2] * 0.0625f, 4096);
    if (tone->scene) {
      float bright = r * tone->weights[0] + g * tone->weights[1] + b * tone->weights[2];
      float scene = mainstay_look(tone->scene, __builtin_sqrtf(bright > 0 ? bright : 0) * 1024, 1024);
      r *= scene, g *= scene, b *= scene;
    }
    float strongest = r > g ? r : g;
    strongest = strongest > b ? strongest : b;
    strongest = strongest < tone->most ? strongest : tone->most;
    float gain = mainstay_look(tone->gain, __builtin_sqrtf(strongest / tone->most) * 1024, 1024);
    float light[3] = {(m[0] * r + m[1] * g + m[2] * b) * gain, (m[3] * r + m[4] * g + m[5] * b) * gain,
                      (m[6] * r + m[7] * g + m[8] * b) * gain};
    float threshold = 0.015625f + (float)(dither >> 8) * (0.96875f / 16777216.0f);
    for (int c = 0; c < 3; c++) {
      float value = light[c] < 0 ? 0 : light[c] > 1 ? 1 : light[c];
      out[c] = mainstay_byte((int)(mainstay_look(tone->code, __builtin_sqrtf(value) * 4096, 4096) + threshold));
    }
  }
}

#endif
