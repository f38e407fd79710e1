// libav as Swift can see it: the four headers' families, and functions for the macros that Swift cannot import.
#pragma once
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

static inline int corrflow_averror(int code) { return AVERROR(code); }
static inline int corrflow_averror_eof(void) { return AVERROR_EOF; }
static inline int corrflow_averror_exit(void) { return AVERROR_EXIT; }
static inline int corrflow_averror_invalid_data(void) { return AVERROR_INVALIDDATA; }
static inline int64_t corrflow_no_pts(void) { return AV_NOPTS_VALUE; }
static inline AVRational corrflow_time_base_q(void) { return AV_TIME_BASE_Q; }
