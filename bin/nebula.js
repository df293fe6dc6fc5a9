#!/usr/bin/env node
// Starts the command with the built files, or in a checkout without them with
// the sources. Written so that old versions of Node.js can read it and say
// what is wrong, instead of failing on newer syntax.
import fs from 'fs'
import url from 'url'

var REQUIRED = [22, 15]
var BUILT = new URL('../dist/src/cli/main.js', import.meta.url)
var SOURCE = new URL('../src/cli/main.ts', import.meta.url)

function isRecentEnough(version) {
  var parts = version.split('.').map(Number)

  return parts[0] > REQUIRED[0] || (parts[0] === REQUIRED[0] && parts[1] >= REQUIRED[1])
}

function fail(message) {
  process.stderr.write('nebula: ' + message + '\n')
  process.exitCode = 1
}

function start() {
  if (!isRecentEnough(process.versions.node)) {
    fail('Node.js ' + REQUIRED.join('.') + ' or newer is needed, this is ' + process.versions.node)
    return
  }

  var built = fs.existsSync(url.fileURLToPath(BUILT))

  import(built ? BUILT.href : SOURCE.href).catch(function (error) {
    if (!built && error.code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      fail('this Node.js does not run TypeScript; build first with: npm run build')
    } else {
      fail(error.message)
    }
  })
}

start()
