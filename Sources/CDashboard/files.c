#include "corrflow_dashboard.h"

// #embed is C23, and an extension of clang's before; it enters each file as a dependency, so that an edit is built in. A file
// has three lines here; a test compares them with the folder.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char base_api_js[] = {
#embed "site/base/api.js"
};
static const unsigned char base_dialog_js[] = {
#embed "site/base/dialog.js"
};
static const unsigned char base_dom_js[] = {
#embed "site/base/dom.js"
};
static const unsigned char base_format_js[] = {
#embed "site/base/format.js"
};
static const unsigned char base_links_js[] = {
#embed "site/base/links.js"
};
static const unsigned char base_live_js[] = {
#embed "site/base/live.js"
};
static const unsigned char base_notice_js[] = {
#embed "site/base/notice.js"
};
static const unsigned char base_router_js[] = {
#embed "site/base/router.js"
};
static const unsigned char base_theme_js[] = {
#embed "site/base/theme.js"
};
static const unsigned char base_token_js[] = {
#embed "site/base/token.js"
};
static const unsigned char charts_axis_js[] = {
#embed "site/charts/axis.js"
};
static const unsigned char charts_canvas_plot_js[] = {
#embed "site/charts/canvas-plot.js"
};
static const unsigned char charts_chart_js[] = {
#embed "site/charts/chart.js"
};
static const unsigned char charts_colours_js[] = {
#embed "site/charts/colours.js"
};
static const unsigned char charts_dygraphs_plot_js[] = {
#embed "site/charts/dygraphs-plot.js"
};
static const unsigned char charts_extent_js[] = {
#embed "site/charts/extent.js"
};
static const unsigned char charts_lines_js[] = {
#embed "site/charts/lines.js"
};
static const unsigned char charts_scale_js[] = {
#embed "site/charts/scale.js"
};
static const unsigned char charts_series_js[] = {
#embed "site/charts/series.js"
};
static const unsigned char icon_svg[] = {
#embed "site/icon.svg"
};
static const unsigned char index_html[] = {
#embed "site/index.html"
};
static const unsigned char main_js[] = {
#embed "site/main.js"
};
static const unsigned char pages_compare_js[] = {
#embed "site/pages/compare.js"
};
static const unsigned char pages_dataset_js[] = {
#embed "site/pages/dataset.js"
};
static const unsigned char pages_datasets_js[] = {
#embed "site/pages/datasets.js"
};
static const unsigned char pages_job_js[] = {
#embed "site/pages/job.js"
};
static const unsigned char pages_jobs_js[] = {
#embed "site/pages/jobs.js"
};
static const unsigned char pages_new_run_js[] = {
#embed "site/pages/new-run.js"
};
static const unsigned char pages_run_js[] = {
#embed "site/pages/run.js"
};
static const unsigned char pages_runs_js[] = {
#embed "site/pages/runs.js"
};
static const unsigned char pages_system_js[] = {
#embed "site/pages/system.js"
};
static const unsigned char parts_actions_js[] = {
#embed "site/parts/actions.js"
};
static const unsigned char parts_chart_board_js[] = {
#embed "site/parts/chart-board.js"
};
static const unsigned char parts_chart_controls_js[] = {
#embed "site/parts/chart-controls.js"
};
static const unsigned char parts_checkpoints_js[] = {
#embed "site/parts/checkpoints.js"
};
static const unsigned char parts_configuration_js[] = {
#embed "site/parts/configuration.js"
};
static const unsigned char parts_constants_js[] = {
#embed "site/parts/constants.js"
};
static const unsigned char parts_estimate_js[] = {
#embed "site/parts/estimate.js"
};
static const unsigned char parts_fields_js[] = {
#embed "site/parts/fields.js"
};
static const unsigned char parts_first_run_js[] = {
#embed "site/parts/first-run.js"
};
static const unsigned char parts_form_js[] = {
#embed "site/parts/form.js"
};
static const unsigned char parts_job_form_js[] = {
#embed "site/parts/job-form.js"
};
static const unsigned char parts_job_inputs_js[] = {
#embed "site/parts/job-inputs.js"
};
static const unsigned char parts_job_kinds_js[] = {
#embed "site/parts/job-kinds.js"
};
static const unsigned char parts_job_table_js[] = {
#embed "site/parts/job-table.js"
};
static const unsigned char parts_log_js[] = {
#embed "site/parts/log.js"
};
static const unsigned char parts_mask_list_js[] = {
#embed "site/parts/mask-list.js"
};
static const unsigned char parts_media_js[] = {
#embed "site/parts/media.js"
};
static const unsigned char parts_metric_chart_js[] = {
#embed "site/parts/metric-chart.js"
};
static const unsigned char parts_metric_groups_js[] = {
#embed "site/parts/metric-groups.js"
};
static const unsigned char parts_panes_js[] = {
#embed "site/parts/panes.js"
};
static const unsigned char parts_paths_js[] = {
#embed "site/parts/paths.js"
};
static const unsigned char parts_register_js[] = {
#embed "site/parts/register.js"
};
static const unsigned char parts_results_js[] = {
#embed "site/parts/results.js"
};
static const unsigned char parts_run_header_js[] = {
#embed "site/parts/run-header.js"
};
static const unsigned char parts_run_row_js[] = {
#embed "site/parts/run-row.js"
};
static const unsigned char parts_settings_js[] = {
#embed "site/parts/settings.js"
};
static const unsigned char parts_state_js[] = {
#embed "site/parts/state.js"
};
static const unsigned char parts_step_times_js[] = {
#embed "site/parts/step-times.js"
};
static const unsigned char parts_table_js[] = {
#embed "site/parts/table.js"
};
static const unsigned char parts_viewer_js[] = {
#embed "site/parts/viewer.js"
};
static const unsigned char parts_weights_js[] = {
#embed "site/parts/weights.js"
};
static const unsigned char style_css[] = {
#embed "site/style.css"
};

static const corrflow_dashboard_file files[] = {
  {"base/api.js", base_api_js, sizeof base_api_js},
  {"base/dialog.js", base_dialog_js, sizeof base_dialog_js},
  {"base/dom.js", base_dom_js, sizeof base_dom_js},
  {"base/format.js", base_format_js, sizeof base_format_js},
  {"base/links.js", base_links_js, sizeof base_links_js},
  {"base/live.js", base_live_js, sizeof base_live_js},
  {"base/notice.js", base_notice_js, sizeof base_notice_js},
  {"base/router.js", base_router_js, sizeof base_router_js},
  {"base/theme.js", base_theme_js, sizeof base_theme_js},
  {"base/token.js", base_token_js, sizeof base_token_js},
  {"charts/axis.js", charts_axis_js, sizeof charts_axis_js},
  {"charts/canvas-plot.js", charts_canvas_plot_js, sizeof charts_canvas_plot_js},
  {"charts/chart.js", charts_chart_js, sizeof charts_chart_js},
  {"charts/colours.js", charts_colours_js, sizeof charts_colours_js},
  {"charts/dygraphs-plot.js", charts_dygraphs_plot_js, sizeof charts_dygraphs_plot_js},
  {"charts/extent.js", charts_extent_js, sizeof charts_extent_js},
  {"charts/lines.js", charts_lines_js, sizeof charts_lines_js},
  {"charts/scale.js", charts_scale_js, sizeof charts_scale_js},
  {"charts/series.js", charts_series_js, sizeof charts_series_js},
  {"icon.svg", icon_svg, sizeof icon_svg},
  {"index.html", index_html, sizeof index_html},
  {"main.js", main_js, sizeof main_js},
  {"pages/compare.js", pages_compare_js, sizeof pages_compare_js},
  {"pages/dataset.js", pages_dataset_js, sizeof pages_dataset_js},
  {"pages/datasets.js", pages_datasets_js, sizeof pages_datasets_js},
  {"pages/job.js", pages_job_js, sizeof pages_job_js},
  {"pages/jobs.js", pages_jobs_js, sizeof pages_jobs_js},
  {"pages/new-run.js", pages_new_run_js, sizeof pages_new_run_js},
  {"pages/run.js", pages_run_js, sizeof pages_run_js},
  {"pages/runs.js", pages_runs_js, sizeof pages_runs_js},
  {"pages/system.js", pages_system_js, sizeof pages_system_js},
  {"parts/actions.js", parts_actions_js, sizeof parts_actions_js},
  {"parts/chart-board.js", parts_chart_board_js, sizeof parts_chart_board_js},
  {"parts/chart-controls.js", parts_chart_controls_js, sizeof parts_chart_controls_js},
  {"parts/checkpoints.js", parts_checkpoints_js, sizeof parts_checkpoints_js},
  {"parts/configuration.js", parts_configuration_js, sizeof parts_configuration_js},
  {"parts/constants.js", parts_constants_js, sizeof parts_constants_js},
  {"parts/estimate.js", parts_estimate_js, sizeof parts_estimate_js},
  {"parts/fields.js", parts_fields_js, sizeof parts_fields_js},
  {"parts/first-run.js", parts_first_run_js, sizeof parts_first_run_js},
  {"parts/form.js", parts_form_js, sizeof parts_form_js},
  {"parts/job-form.js", parts_job_form_js, sizeof parts_job_form_js},
  {"parts/job-inputs.js", parts_job_inputs_js, sizeof parts_job_inputs_js},
  {"parts/job-kinds.js", parts_job_kinds_js, sizeof parts_job_kinds_js},
  {"parts/job-table.js", parts_job_table_js, sizeof parts_job_table_js},
  {"parts/log.js", parts_log_js, sizeof parts_log_js},
  {"parts/mask-list.js", parts_mask_list_js, sizeof parts_mask_list_js},
  {"parts/media.js", parts_media_js, sizeof parts_media_js},
  {"parts/metric-chart.js", parts_metric_chart_js, sizeof parts_metric_chart_js},
  {"parts/metric-groups.js", parts_metric_groups_js, sizeof parts_metric_groups_js},
  {"parts/panes.js", parts_panes_js, sizeof parts_panes_js},
  {"parts/paths.js", parts_paths_js, sizeof parts_paths_js},
  {"parts/register.js", parts_register_js, sizeof parts_register_js},
  {"parts/results.js", parts_results_js, sizeof parts_results_js},
  {"parts/run-header.js", parts_run_header_js, sizeof parts_run_header_js},
  {"parts/run-row.js", parts_run_row_js, sizeof parts_run_row_js},
  {"parts/settings.js", parts_settings_js, sizeof parts_settings_js},
  {"parts/state.js", parts_state_js, sizeof parts_state_js},
  {"parts/step-times.js", parts_step_times_js, sizeof parts_step_times_js},
  {"parts/table.js", parts_table_js, sizeof parts_table_js},
  {"parts/viewer.js", parts_viewer_js, sizeof parts_viewer_js},
  {"parts/weights.js", parts_weights_js, sizeof parts_weights_js},
  {"style.css", style_css, sizeof style_css},
};

corrflow_dashboard_file corrflow_dashboard_file_at(size_t index) {
  if (index >= sizeof files / sizeof files[0]) return (corrflow_dashboard_file){0};
  return files[index];
}
