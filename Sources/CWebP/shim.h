// libwebp's decoder, which scales a picture while it decodes it. libavcodec's packages bring the library along.
#ifndef MAINSTAY_CWEBP_H
#define MAINSTAY_CWEBP_H

#include <webp/decode.h>

static const int MAINSTAY_WEBP_LOSSY = 1;

// Where a picture is to be written: to planes, with colours half as fine as brightness; or as pixels of three bytes,
// four with alpha, where `pixels` is not null.
struct mainstay_webp_target {
  uint8_t *y, *u, *v;
  int y_stride, u_stride;
  uint8_t *pixels;
  int stride, hasAlpha;
};

// What the head says. 0, or a VP8StatusCode.
static inline int mainstay_webp_head(
    const uint8_t *file, size_t size, int *width, int *height, int *alpha, int *format) {
  WebPBitstreamFeatures about;
  VP8StatusCode status = WebPGetFeatures(file, size, &about);
  if (status != VP8_STATUS_OK) return (int)status;
  *width = about.width, *height = about.height, *alpha = about.has_alpha, *format = about.format;
  return about.has_animation ? (int)VP8_STATUS_UNSUPPORTED_FEATURE : 0;
}

// Decodes a picture at another size. 0, or a VP8StatusCode.
static inline int mainstay_webp_decode(
    const uint8_t *file, size_t size, int width, int height, int isScaled, const struct mainstay_webp_target *to) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return (int)VP8_STATUS_INVALID_PARAM;
  config.options.use_scaling = isScaled;
  config.options.scaled_width = width;
  config.options.scaled_height = height;
  config.output.is_external_memory = 1;
  if (to->pixels) {
    config.output.colorspace = to->hasAlpha ? MODE_RGBA : MODE_RGB;
    config.output.u.RGBA.rgba = to->pixels;
    config.output.u.RGBA.stride = to->stride;
    config.output.u.RGBA.size = (size_t)to->stride * (size_t)height;
  } else {
    config.output.colorspace = MODE_YUV;
    WebPYUVABuffer *out = &config.output.u.YUVA;
    size_t below = ((size_t)height + 1) / 2;
    out->y = to->y, out->u = to->u, out->v = to->v;
    out->y_stride = to->y_stride, out->u_stride = out->v_stride = to->u_stride;
    out->y_size = (size_t)to->y_stride * (size_t)height;
    out->u_size = out->v_size = (size_t)to->u_stride * below;
  }
  VP8StatusCode status = WebPDecode(file, size, &config);
  WebPFreeDecBuffer(&config.output);
  return (int)status;
}

// From samples of 16 to 235, and 16 to 240, to those of 0 to 255, by a table.
static inline void mainstay_webp_widen(uint8_t *samples, long count, const uint8_t *table) {
  for (long i = 0; i < count; i++) samples[i] = table[samples[i]];
}

// Pixels of four bytes to such of three.
static inline void mainstay_webp_pack(const uint8_t *from, long count, uint8_t *to) {
  for (long i = 0; i < count; i++, from += 4, to += 3) to[0] = from[0], to[1] = from[1], to[2] = from[2];
}

#endif
