// Settings of runs: which differ from their defaults, from another run's, or between runs; and what the daemon says of each.
import { find } from "../base/api.js";

let known = null;

/** What the daemon says of settings, once a page load; null where it does not tell. */
export function settingsSchema() {
  known ??= find("/v1/settings/schema").catch((error) => {
    known = null;
    throw error;
  });
  return known;
}

/** Equality of JSON values. */
export function isSame(a, b) {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** The default of `field` in a configuration, which may depend on its profile. */
export function defaultOf(field, configuration) {
  const byProfile = field.defaults?.[configuration?.profile];
  return byProfile === undefined ? field.default : byProfile;
}

/** Names of the settings in which `configurations` are not all the same, sorted. */
export function differingKeys(configurations) {
  const keys = new Set(configurations.flatMap((one) => Object.keys(one ?? {})));
  return [...keys].filter((key) => configurations.some((one) => !isSame(one?.[key], configurations[0]?.[key]))).sort();
}
