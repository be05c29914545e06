/** Whether a device has signed in to an account before; limits of unknown devices then do not apply to it. */
export abstract class KnownDevices {
  abstract isKnownDevice(deviceToken: string | null, email: string): Promise<boolean>;
}
