// libmicrohttpd as Swift can see it: the header, and functions for what Swift cannot call (variadics).
#pragma once
#include <microhttpd.h>

/// `MHD_start_daemon` is variadic: options travel in an array that ends with `MHD_OPTION_END`.
static inline struct MHD_Daemon *corrflow_mhd_start(
    unsigned int flags, uint16_t port, MHD_AcceptPolicyCallback accept, void *accept_context,
    MHD_AccessHandlerCallback handler, void *handler_context, struct MHD_OptionItem *options) {
  return MHD_start_daemon(flags, port, accept, accept_context, handler, handler_context, MHD_OPTION_ARRAY, options,
                          MHD_OPTION_END);
}
