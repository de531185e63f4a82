// libavcodec, libavformat, libavutil and libswscale of FFmpeg 5.1 and later, and those of their macros that Swift cannot
// see.
#ifndef MAINSTAY_CFFMPEG_H
#define MAINSTAY_CFFMPEG_H

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/cpu.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <sys/mman.h>

static const int MAINSTAY_AV_AGAIN = AVERROR(EAGAIN), MAINSTAY_AV_END = AVERROR_EOF;
static const int MAINSTAY_AV_NO_MEMORY = AVERROR(ENOMEM), MAINSTAY_AV_UNSUPPORTED = AVERROR_PATCHWELCOME;
static const int MAINSTAY_AV_NO_DECODER = AVERROR_DECODER_NOT_FOUND;
static const int MAINSTAY_AV_IO = AVERROR(EIO);
static const int64_t MAINSTAY_AV_NO_TIME = AV_NOPTS_VALUE;
static const int MAINSTAY_AV_PADDING = AV_INPUT_BUFFER_PADDING_SIZE;

// The bytes of a file, and behind them the zeros that libavcodec may read over the end. A file that is cut meanwhile
// ends this process.
static inline const uint8_t *mainstay_map(int fd, size_t size) {
  size_t page = 4096, whole = (size + page - 1) / page * page + page;
  uint8_t *room = (uint8_t *)mmap(0, whole, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return 0;
  if (size > 0 && mmap(room, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED) {
    munmap(room, whole);
    return 0;
  }
  return room;
}
static inline void mainstay_unmap(const uint8_t *room, size_t size) {
  size_t page = 4096;
  munmap((void *)room, (size + page - 1) / page * page + page);
}

// An array's element that Swift would have to reach by way of a tuple.
static inline uint8_t *mainstay_plane(const AVFrame *frame, int plane) { return frame->data[plane]; }
static inline int mainstay_stride(const AVFrame *frame, int plane) { return frame->linesize[plane]; }

// The text of an error
static inline void mainstay_error_text(int error, char *text, size_t size) { av_strerror(error, text, size); }

#endif
