/** Devices that a container asks its engine's drivers for, as the Engine API takes it. */
export interface DeviceRequest {
  Driver: string;
  /** -1 asks for all. */
  Count: number;
  DeviceIDs: string[] | null;
  /** Any of lists of which each must be met in full. */
  Capabilities: string[][] | null;
  Options: Record<string, string> | null;
}
