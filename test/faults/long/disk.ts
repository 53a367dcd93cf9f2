import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../support/product.ts'

/** A disk of its own whose power can be cut: ext4 in a file. Needs root. */
export interface Disk {
  /** Where it is mounted. */
  readonly folder: string
  /**
   * From here on nothing more reaches the disk, and what was not synced is gone: ext4's own shutdown without a flush of
   * its journal, as the tests of Linux file systems cut the power (`EXT4_IOC_SHUTDOWN`, flag 2).
   */
  cutPower(): void
  /** Mounts it anew once nobody has a file open there. */
  powerOn(): Promise<void>
  /** Unmounts and removes it. */
  remove(): Promise<void>
}

/** @param megabytes the size of the disk; it takes room only as it fills */
export function makeDisk(megabytes: number): Disk {
  const parent = mkdtempSync(join(tmpdir(), 'sluice-disk-'))
  const image = join(parent, 'image')
  const folder = join(parent, 'disk')
  const mount = (): void => void execFileSync('mount', ['-o', 'loop', image, folder])
  const unmount = (): Promise<boolean> => eventually(async () => tryUnmount(folder), Boolean, 60)
  mkdirSync(folder)
  execFileSync('truncate', ['-s', `${megabytes}M`, image])
  execFileSync('mkfs.ext4', ['-q', '-F', image])
  mount()
  return {
    folder,
    cutPower() {
      // _IOR('X', 125, u32): Node has no ioctl, and Perl is part of every Debian.
      const cut = `open my $disk, "<", $ARGV[0] or die $!; my $flag = pack("L", 2); ioctl($disk, 0x8004587d, $flag) or die $!`
      execFileSync('perl', ['-e', cut, folder])
    },
    async powerOn() {
      await unmount()
      mount()
    },
    async remove() {
      await unmount()
      rmSync(parent, { recursive: true })
    },
  }
}

/** Whether it could be unmounted: not while a process that was killed still ends. */
function tryUnmount(folder: string): boolean {
  try {
    execFileSync('umount', [folder], { stdio: ['ignore', 'ignore', 'pipe'] })
    return true
  } catch (error) {
    if (error instanceof Error && error.message.includes('busy')) return false
    throw error
  }
}
