/** A health check as the Engine API takes it: durations in nanoseconds; what is absent is the image's own. */
export interface HealthCheck {
  Test?: string[];
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}
