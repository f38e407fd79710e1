#include "corrflow_openapi.h"

// `#embed` is part of C23, and an extension of clang's before; the compiler rebuilds this file when one of the pieces changes.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char api[] = {
#embed "document/api.json"
};
static const unsigned char system_[] = {
#embed "document/system.json"
};
static const unsigned char machine[] = {
#embed "document/machine.json"
};
static const unsigned char datasets[] = {
#embed "document/datasets.json"
};
static const unsigned char runs[] = {
#embed "document/runs.json"
};
static const unsigned char metrics[] = {
#embed "document/metrics.json"
};
static const unsigned char checkpoints[] = {
#embed "document/checkpoints.json"
};
static const unsigned char jobs[] = {
#embed "document/jobs.json"
};
static const unsigned char job_parts[] = {
#embed "document/job-parts.json"
};
static const unsigned char evaluation_source[] = {
#embed "document/evaluation-source.json"
};
static const unsigned char job_tasks[] = {
#embed "document/job-tasks.json"
};

static const corrflow_openapi_piece pieces[] = {
    {"api", api, sizeof api},
    {"system", system_, sizeof system_},
    {"machine", machine, sizeof machine},
    {"datasets", datasets, sizeof datasets},
    {"runs", runs, sizeof runs},
    {"metrics", metrics, sizeof metrics},
    {"checkpoints", checkpoints, sizeof checkpoints},
    {"jobs", jobs, sizeof jobs},
    {"job-parts", job_parts, sizeof job_parts},
    {"job-tasks", job_tasks, sizeof job_tasks},
    {"job-evaluation-source", evaluation_source, sizeof evaluation_source},
};

corrflow_openapi_piece corrflow_openapi_piece_at(size_t index) {
  static const corrflow_openapi_piece none = {0, 0, 0};
  return index < sizeof pieces / sizeof *pieces ? pieces[index] : none;
}
