// Program asks a server what it is: what is built with the client alone.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/sightline/sightline/client"
)

func main() {
	status, err := client.New(os.Args[1], "").Status(context.Background())
	fmt.Println(status.Version, err)
}
