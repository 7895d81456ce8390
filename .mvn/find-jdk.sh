#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Prints the home of a JDK that can build and run Tepal, or says on stderr why there is none and
# exits with 1. JAVA_HOME wins if it is new enough, then `java` on the PATH, then the places where
# JDKs are usually installed; of those the oldest that is new enough, because a release newer than
# the one that the build was tried with is the bigger risk.
#
# FIND_JDK_ROOT is put before every absolute place; it exists so that this script can be tested.

set -eu

required=25
root=${FIND_JDK_ROOT-}
home=${HOME-}
refused='' # what was found and is not good enough, one per line
found='' found_feature=''

# The version of the JDK in $1, from its `release` file, or by asking it if there is none.
version_of() {
  version=''
  if [ -r "$1/release" ]; then
    while IFS='=' read -r key value || [ -n "$key" ]; do
      case $key in
        JAVA_VERSION) version=${value#\"} version=${version%\"*} ;;
      esac
    done < "$1/release"
  fi
  if [ -z "$version" ] && [ -x "$1/bin/java" ]; then
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
  fi
}

# Takes the directory $1 if it is a JDK that is new enough and older than the one found before.
consider() {
  [ -x "$1/bin/java" ] || return 0
  version_of "$1"
  feature=${version%%[!0-9]*}
  if [ -z "$feature" ]; then
    refuse "$1" 'is of an unknown version'
  elif [ "$feature" -lt "$required" ]; then
    refuse "$1" "is $version"
  elif [ ! -x "$1/bin/javac" ]; then
    refuse "$1" "is $version, but has no javac"
  elif [ -z "$found" ] || [ "$feature" -lt "$found_feature" ]; then
    found=$1 found_feature=$feature
  fi
}

refuse() {
  case $refused in
    *"  $1 "*) ;;
    *) refused="$refused
  $1 $2" ;;
  esac
}

answer_if_found() {
  [ -z "$found" ] || { printf '%s\n' "$found"; exit 0; }
}

# JAVA_HOME
if [ -n "${JAVA_HOME-}" ]; then
  [ -x "$JAVA_HOME/bin/java" ] || refuse "$JAVA_HOME" 'has no bin/java (it is JAVA_HOME)'
  consider "$JAVA_HOME"
  answer_if_found
fi

# java on the PATH: a link into a JDK, or a version manager's shim, which has to be asked.
if java=$(command -v java 2> /dev/null); then
  file=$java
  while [ -L "$file" ]; do
    target=$(readlink "$file")
    case $target in
      /*) file=$target ;;
      *) file=${file%/*}/$target ;;
    esac
  done
  java_home=$(cd "${file%/*}/.." 2> /dev/null && pwd -P) || java_home=''
  if [ ! -r "$java_home/release" ]; then
    java_home=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
  fi
  [ -z "$java_home" ] || consider "$java_home"
  answer_if_found
fi

# The usual places. A pattern that matches nothing stays as it is and is no directory.
for candidate in \
  "$root"/usr/lib/jvm/* "$root"/usr/lib64/jvm/* "$root"/usr/java/* "$root"/usr/local/*jdk* \
  "$root"/usr/local/java/* "$root"/usr/local/lib/jvm/* "$root"/opt/* "$root"/opt/java/* \
  "$root"/opt/jdk/* "$root"/opt/jvm/* "$root"/opt/hostedtoolcache/Java_*/*/* \
  "$root"/snap/openjdk/current/jdk \
  "$root"/Library/Java/JavaVirtualMachines/*/Contents/Home \
  "$root"/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
  "$root"/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
  "$root"/home/linuxbrew/.linuxbrew/opt/openjdk*/libexec \
  "$home"/Library/Java/JavaVirtualMachines/*/Contents/Home \
  "${SDKMAN_DIR-$home/.sdkman}"/candidates/java/* \
  "${MISE_DATA_DIR-$home/.local/share/mise}"/installs/java/* \
  "${ASDF_DATA_DIR-$home/.asdf}"/installs/java/* \
  "${JABBA_HOME-$home/.jabba}"/jdk/* "${JABBA_HOME-$home/.jabba}"/jdk/*/Contents/Home \
  "$home"/.jdks/* "$home"/.jdks/*/Contents/Home \
  "$home"/.gradle/jdks/* "$home"/.gradle/jdks/*/Contents/Home "$home"/*jdk*; do
  consider "$candidate"
done
if [ -x "$root/usr/libexec/java_home" ]; then
  candidate=$("$root/usr/libexec/java_home" -v "$required+" 2> /dev/null) && consider "$candidate"
fi
answer_if_found

{
  printf 'Tepal needs a JDK %s or newer (with javac), and none was found.\n' "$required"
  printf 'Looked at: JAVA_HOME, java on the PATH, /usr/lib/jvm, /usr/java, /usr/local, /opt,\n'
  printf '  /Library/Java/JavaVirtualMachines, Homebrew, SDKMAN, mise, asdf, jabba, ~/.jdks, ~/.gradle/jdks.\n'
  if [ -n "$refused" ]; then
    printf 'Found, but not usable:%s\n' "$refused"
  else
    printf 'Found: no Java at all.\n'
  fi
  printf 'If there is one elsewhere, name it:  JAVA_HOME=/path/to/jdk-%s %s\n' "$required" "${FIND_JDK_FOR-./mvnw verify}"
  printf 'If there is none, install one:       https://adoptium.net/temurin/releases/?version=%s\n' "$required"
} >&2
exit 1
