// libmicrohttpd as Swift can see it: the header, and functions for what Swift cannot call (variadics).
#pragma once
#include <microhttpd.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

/// What `corrflow_mhd_start` passes on. All callbacks get `context` as their first argument.
struct corrflow_mhd_settings {
  void *context;
  int listen_socket;
  unsigned int connection_limit;
  unsigned int per_ip_limit;
  unsigned int inactivity_seconds;
  size_t connection_memory;
  size_t thread_stack;
  /// Whether a connection may begin.
  MHD_AcceptPolicyCallback accept;
  MHD_AccessHandlerCallback handler;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback connection_changed;
  /// Gets the request target as it came, NULL when the request line has none; its result becomes the request's context.
  void *(*target_received)(void *context, const char *target, struct MHD_Connection *connection);
};

/// Leaves percent escapes as they are: path and arguments are decoded, and checked, by the caller.
static inline size_t corrflow_mhd_keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  return strlen(text);
}

/// Starts a daemon with one thread a connection on a socket that is already listening; NULL with `errno` on failure.
static inline struct MHD_Daemon *corrflow_mhd_start(const struct corrflow_mhd_settings *s) {
  return MHD_start_daemon(
      MHD_USE_POLL | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ITC, 0, s->accept, s->context,
      s->handler, s->context,
      MHD_OPTION_LISTEN_SOCKET, s->listen_socket,
      MHD_OPTION_CONNECTION_LIMIT, s->connection_limit,
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->per_ip_limit,
      MHD_OPTION_CONNECTION_TIMEOUT, s->inactivity_seconds,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->connection_memory,
      MHD_OPTION_THREAD_STACK_SIZE, s->thread_stack,
      MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_NOTIFY_COMPLETED, s->completed, s->context,
      MHD_OPTION_NOTIFY_CONNECTION, s->connection_changed, s->context,
      MHD_OPTION_URI_LOG_CALLBACK, s->target_received, s->context,
      MHD_OPTION_UNESCAPE_CALLBACK, corrflow_mhd_keep_escapes, s->context,
      MHD_OPTION_END);
}

/// The connection's socket, or -1.
static inline int corrflow_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

/// What the connection callback stored for this connection, or NULL.
static inline void *corrflow_mhd_socket_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

/// The client's address, or NULL.
static inline const struct sockaddr *corrflow_mhd_client_address(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

/// The user at the other end of a Unix socket, or -1.
static inline long corrflow_peer_user(int socket) {
  // `struct ucred` is there only under _GNU_SOURCE; this is what the kernel fills in (unix(7)).
  struct {
    pid_t process;
    uid_t user;
    gid_t group;
  } peer;
  socklen_t size = sizeof(peer);
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || size != sizeof(peer)) return -1;
  return (long)peer.user;
}
