// Prints the kind and the job id of each response in tests/servers: go run tests/properties/corpus.go
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
)

var noSuchJob = regexp.MustCompile(`(?i)(no-such-job|NoSuchJob|JobNotFound)$`)

func read(status int, document map[string]any) (kind, id string) {
	text := func(name string) string { value, _ := document[name].(string); return value }
	if status == 404 || status == 410 || status == 400 && noSuchJob.MatchString(text("type")) {
		return "NotFound", ""
	}
	for _, name := range []string{"jobID", "id", "jobId", "job_id", "processID"} {
		if _, hasID := document[name].(string); hasID && status <= 299 && text("status") != "" {
			return "StatusInfo", cmp.Or(text("jobID"), text("id"), text("jobId"), text("job_id"), "asked")
		}
	}
	return "ServerError", ""
}

func main() {
	files, _ := filepath.Glob("tests/servers/*/*.http")
	for _, file := range files {
		raw, _ := os.Open(file)
		response, err := http.ReadResponse(bufio.NewReader(raw), nil)
		if err != nil {
			panic(file + ": " + err.Error())
		}
		body, _ := io.ReadAll(response.Body)
		var document map[string]any
		_ = json.Unmarshal(bytes.TrimPrefix(body, []byte("\uFEFF")), &document) // nil if it is not an object
		kind, id := read(response.StatusCode, document)
		fmt.Println(file, kind, id)
	}
}
