// Keeps the notifications that it is sent, for the quickstart and the tests to look at.
//
//	POST /any/path               keeps the body and the credential, and prints them as one line
//	GET  /notifications?path=P   the kept ones of that path (of all without it), as a JSON array, oldest first;
//	                             with &format=text for a person, &alert=NAME only those with that alert
//	GET  /counts?path=P          how often each alert was told at that path, also by notifications that are kept no
//	                             more: {"firing/FINGERPRINT": 1, "resolved/FINGERPRINT": 1}
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	kept     = 1000
	bodySize = 1 << 20
)

type notification struct {
	Time          time.Time       `json:"time"`
	Path          string          `json:"path"`
	Authorization string          `json:"authorization,omitempty"`
	Body          json.RawMessage `json:"body"`
}

// webhook is what of Alertmanager's webhook message (version 4) a person wants to see.
type webhook struct {
	Receiver string `json:"receiver"`
	Status   string `json:"status"`
	Alerts   []struct {
		Status      string            `json:"status"`
		Fingerprint string            `json:"fingerprint"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		StartsAt    time.Time         `json:"startsAt"`
	} `json:"alerts"`
}

func (n notification) has(alert string) bool {
	var message webhook
	_ = json.Unmarshal(n.Body, &message)
	for _, one := range message.Alerts {
		if one.Labels["alertname"] == alert {
			return true
		}
	}
	return alert == ""
}

func (n notification) print(w io.Writer) {
	var message webhook
	if json.Unmarshal(n.Body, &message) != nil {
		fmt.Fprintf(w, "%s  %s  %s\n", n.Time.Format(time.TimeOnly), n.Path, n.Body)
		return
	}
	fmt.Fprintf(w, "%s  POST %s  to %s: %s\n", n.Time.Format(time.TimeOnly), n.Path, message.Receiver, message.Status)
	for _, one := range message.Alerts {
		fmt.Fprintf(w, "  %s %s since %s\n", one.Labels["alertname"], one.Status, one.StartsAt.UTC().Format(time.TimeOnly))
		for _, part := range []map[string]string{one.Labels, one.Annotations} {
			for _, key := range slices.Sorted(maps.Keys(part)) {
				fmt.Fprintf(w, "    %-18s %s\n", key, part[key])
			}
		}
	}
}

type receiver struct {
	mutex  sync.Mutex
	all    []notification
	counts map[string]map[string]int
}

func (r *receiver) keep(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, bodySize))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	if !json.Valid(body) {
		body, _ = json.Marshal(string(body))
	}
	got := notification{time.Now().UTC(), request.URL.Path, request.Header.Get("Authorization"), body}
	line, _ := json.Marshal(got)
	fmt.Println(string(line))
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.count(got)
	r.all = append(r.all, got)
	if len(r.all) > kept {
		r.all = r.all[len(r.all)-kept:]
	}
}

func (r *receiver) count(n notification) {
	var message webhook
	_ = json.Unmarshal(n.Body, &message)
	if r.counts[n.Path] == nil {
		r.counts[n.Path] = map[string]int{}
	}
	for _, one := range message.Alerts {
		r.counts[n.Path][one.Status+"/"+one.Fingerprint]++
	}
}

func (r *receiver) tell(w http.ResponseWriter, request *http.Request) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	w.Header().Set("Content-Type", "application/json")
	counts := r.counts[request.URL.Query().Get("path")]
	if counts == nil {
		counts = map[string]int{}
	}
	_ = json.NewEncoder(w).Encode(counts)
}

func (r *receiver) list(w http.ResponseWriter, request *http.Request) {
	path := request.URL.Query().Get("path")
	result := []notification{}
	r.mutex.Lock()
	for _, one := range r.all {
		if (path == "" || one.Path == path) && one.has(request.URL.Query().Get("alert")) {
			result = append(result, one)
		}
	}
	r.mutex.Unlock()
	if request.URL.Query().Get("format") == "text" {
		for _, one := range result {
			one.print(w)
		}
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(result)
}

func main() {
	r := &receiver{counts: map[string]map[string]int{}}
	http.HandleFunc("POST /", r.keep)
	http.HandleFunc("GET /notifications", r.list)
	http.HandleFunc("GET /counts", r.tell)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
