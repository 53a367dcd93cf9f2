/** Whether this browser has passkeys for this page: over https or on this machine, and at a name, not a bare address. */
export function canUsePasskeys(): boolean {
  return 'PublicKeyCredential' in window && !/^[\d.]+$|:/.test(location.hostname)
}
