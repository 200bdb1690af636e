/** Says that a new version is there. Filled by the service worker's registration. */
export function UpdateNotice() {
  return null;
}
