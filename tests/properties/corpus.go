// Reads tests/servers and compares the kind and the job id of each result: go run tests/properties/corpus.go
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

type result struct{ Kind, JobID string }

var noSuchJob = regexp.MustCompile(`(?i)(no-such-job|NoSuchJob|JobNotFound)$`)

func read(status int, body []byte) result {
	var document map[string]any
	_ = json.Unmarshal(bytes.TrimPrefix(body, []byte("\uFEFF")), &document) // nil if it is not an object
	text := func(name string) string { value, _ := document[name].(string); return value }
	if status == 404 || status == 410 || status == 400 && noSuchJob.MatchString(text("type")) {
		return result{Kind: "NotFound"}
	}
	if status < 200 || status > 299 || text("status") == "" {
		return result{Kind: "ServerError"}
	}
	found := result{Kind: "ServerError"}
	for _, name := range []string{"jobID", "id", "jobId", "job_id", "processID"} {
		if id := text(name); id != "" && name != "processID" {
			return result{"StatusInfo", id}
		}
		if _, ok := document[name].(string); ok {
			found = result{"StatusInfo", "asked"} // the id in the request: this one is empty, or of the process
		}
	}
	return found
}

func main() {
	files, _ := filepath.Glob("tests/servers/*/*.http")
	for _, file := range files {
		raw, _ := os.ReadFile(file)
		response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
		if err != nil {
			panic(file + ": " + err.Error())
		}
		body, _ := io.ReadAll(response.Body)
		description, _ := os.ReadFile(strings.TrimSuffix(file, ".http") + ".json")
		var expected struct{ Result result }
		_ = json.Unmarshal(description, &expected)
		if actual := read(response.StatusCode, body); actual != expected.Result {
			panic(fmt.Sprint(file, ": expected ", expected.Result, ", got ", actual))
		}
	}
	fmt.Println(len(files), "responses read")
}
