#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs the command $1, `run` or `fuzz`, of this module with the other arguments; `run` and `fuzz`
# beside this file do. Builds the module and the core first if that has not been done, or if a source
# is newer than the last build. Needs a JDK 25, which .mvn/find-jdk.sh looks for.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
lib=$here/target/lib
built=$here/target/built

JAVA_HOME=$(FIND_JDK_FOR="conformance/$1" sh "$root/.mvn/find-jdk.sh")
export JAVA_HOME

is_built() {
  [ -e "$built" ] && [ -z "$(find "$root/pom.xml" "$root/core/pom.xml" "$root/core/src/main" \
    "$here/pom.xml" "$here/src/main" -newer "$built" -print)" ]
}

if ! is_built; then
  printf 'building tepal-conformance\n' >&2
  mkdir -p "$here/target"
  log=$here/target/build.log
  rm -f "$built"
  : > "$built.begun"
  if ! "$root/mvnw" -B -q -f "$root/pom.xml" -pl conformance -am -Dmaven.test.skip=true package > "$log" 2>&1; then
    cat "$log" >&2
    exit 2
  fi
  mv "$built.begun" "$built"
fi

# On the class path, so that java.lang is opened to the unnamed module: the loop's opened mode.
exec "$JAVA_HOME/bin/java" --add-opens java.base/java.lang=ALL-UNNAMED \
  -cp "$here/target/classes:$lib/*" tepal.conformance.Conformance "$@"
