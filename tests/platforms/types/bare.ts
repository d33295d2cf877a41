// The declarations need no other ambient names than these two.
declare global {
  interface AbortSignal {}
  interface URL {}
}
export type * from "ogcapi-job-status";
