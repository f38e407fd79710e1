// libcurl as Swift can see it: the header, and functions for what Swift cannot call (variadics).
#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

static inline CURLcode corrflow_curl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode corrflow_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode corrflow_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode corrflow_curl_set_lines(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

/// The body is kept by the caller until the transfer has ended.
static inline CURLcode corrflow_curl_set_body(CURL *handle, const void *bytes, curl_off_t count) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, count);
  return code ? code : curl_easy_setopt(handle, CURLOPT_POSTFIELDS, bytes);
}

/// The three callbacks with one context: header lines, pieces of the body, and a call at least once a second.
static inline CURLcode corrflow_curl_set_callbacks(
    CURL *handle, void *context, curl_write_callback header, curl_write_callback body,
    curl_xferinfo_callback tick, char *errors) {
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, tick);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  return curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, errors);
}

static inline long corrflow_curl_status(CURL *handle) {
  long status = 0;
  return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0;
}

/// The system's reason for a connection that failed, or 0.
static inline int corrflow_curl_system_error(CURL *handle) {
  long code = 0;
  return curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &code) == CURLE_OK ? (int)code : 0;
}
