# SPDX-License-Identifier: Apache-2.0
"""Hello in CPython, without the second's sleep."""

import asyncio


async def main():
    print("Hello ...")
    await asyncio.sleep(0)
    print("... World!")


asyncio.run(main())
