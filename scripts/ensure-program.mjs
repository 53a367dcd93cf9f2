import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Asked by Debian before the server of an installed package is started; 101 says that it may not. */
const POLICY = '/usr/sbin/policy-rc.d'

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A program on PATH, or where systems keep those of the administrator; undefined where there is none. */
export function findProgram(name) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Two tests may need something at the same moment.
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=120']
  return (
    spawnSync('apt-get', [...options, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
  )
}

/** Installs and starts nothing: a test needs the program, not a server on its usual port. */
function install(debianPackage) {
  const isOurs = !existsSync(POLICY)
  if (isOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return apt('update') && apt('install', '-y', '--no-install-recommends', debianPackage)
  } finally {
    if (isOurs) rmSync(POLICY)
  }
}

/** Whether a package can be installed. */
export function isDebianRoot() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version')
}

/**
 * What `find` finds. Where that is nothing, root on a Debian system gets the package installed; anybody else is told in
 * one sentence. No test is ever passed over for want of a program.
 * @param wanted `name`: of the program; `users`: which tests need it; `instead`: what else to do where apt-get cannot
 */
export function ensureProgram({ find, name, users, debianPackage, instead }) {
  const found = find()
  if (found) return found
  if (isDebianRoot()) {
    console.error(`Installing ${name} for ${users} …`)
    const installed = install(debianPackage) ? find() : undefined
    if (installed) return installed
    throw new Error(
      `For ${users} ${name} is needed and apt-get could not install it: install it or ${instead}.`,
    )
  }
  throw new Error(`For ${users} ${name} is needed: install the package "${debianPackage}", or ${instead}.`)
}
