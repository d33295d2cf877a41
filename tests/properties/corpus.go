// Reads the corpus as the example in tests/servers/README.md does, in Go: go run tests/properties/corpus.go
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	files, _ := filepath.Glob("tests/servers/*/*.http")
	for _, file := range files {
		raw, _ := os.Open(file)
		response, err := http.ReadResponse(bufio.NewReader(raw), nil)
		if err != nil {
			panic(err)
		}
		body, _ := io.ReadAll(response.Body)
		path := strings.TrimSuffix(file, ".http")
		info, _ := os.ReadFile(path + ".json")
		var expected struct{ Result struct{ Kind string } }
		_ = json.Unmarshal(info, &expected)
		folder, name := filepath.Base(filepath.Dir(path)), filepath.Base(path)
		fmt.Println(folder, name, response.StatusCode, len(body), expected.Result.Kind)
	}
}
