/** Whether a device has signed in to an account before; it is then spared by what limits strangers. */
export abstract class KnownDevices {
  abstract isKnownDevice(deviceToken: string | null, email: string): Promise<boolean>;
}
