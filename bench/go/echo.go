// SPDX-License-Identifier: Apache-2.0

// An echo server with a goroutine for each connection, on one processor. Prints its port.
package main

import (
	"fmt"
	"net"
	"runtime"
)

const readSize = 256 * 1024

func echo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, readSize)
	for {
		n, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go echo(connection)
	}
}
