// SPDX-License-Identifier: Apache-2.0
/// Files and paths whose operations suspend the task that calls them, and not the loop.
///
/// | type | what it is |
/// |---|---|
/// | [AsyncPath][tepal.files.AsyncPath] | a path and what can be done with what is there |
/// | [AsyncFile][tepal.files.AsyncFile] | an open file |
/// | [Entries][tepal.files.Entries] | what is in a directory, or below it |
/// | [TemporaryPath][tepal.files.TemporaryPath] | a file or directory that is deleted when it is
/// closed |
///
/// No operating system that Java runs on lets a file be read without blocking a thread. These
/// operations block threads of a pool that is theirs alone, so that calls of `toThread` and
/// files do not wait for each other. It has as many threads as there are processors and four
/// more, 32 at most, or what the system property `tepal.fileThreads` says; all loops of the
/// process share them. They are daemons named `tepal-file-N`, and end when they have had
/// nothing to do for 10 seconds. What finds no free thread waits in the order in which it
/// came; there is at most one operation for each task that waits, and one more for each that
/// was cancelled.
///
/// A thread that works on a file cannot be stopped, and is never interrupted, as that would
/// close the file. If a task is cancelled while it waits, it goes on at once, and the thread
/// ends what it has begun; each operation says what that means.
///
/// What goes wrong is an [java.io.UncheckedIOException] whose message has the path. Mirrors
/// the [files of anyio](https://anyio.readthedocs.io/en/stable/fileio.html).
@NullMarked
package tepal.files;

import org.jspecify.annotations.NullMarked;
