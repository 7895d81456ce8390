// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

/// Names a piece of what a transport knows beside its bytes, such as its peer's address, and
/// says of which type it is.
///
/// Whoever provides a transport provides the keys, as constants:
/// `transport.getExtraInfo(SubprocessTransport.SUBPROCESS)`. Keys are equal if their names
/// and types are.
///
/// Mirrors the names that `BaseTransport.get_extra_info` takes.
///
/// @param name asyncio's name for it, such as `peername`
/// @param type the type of the value
/// @param <T> the type of the value
public record ExtraInfo<T>(String name, Class<T> type) {}
