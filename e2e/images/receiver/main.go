// Keeps the notifications that it is sent, for the quickstart and the tests to look at.
//
//	POST /any/path               keeps the body, and prints it as one line
//	GET  /notifications?path=P   the kept ones of that path (of all without it), as a JSON array, oldest first
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"sync"
	"time"
)

const (
	kept     = 1000
	bodySize = 1 << 20
)

type notification struct {
	Time time.Time       `json:"time"`
	Path string          `json:"path"`
	Body json.RawMessage `json:"body"`
}

type receiver struct {
	mutex sync.Mutex
	all   []notification
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
	got := notification{time.Now().UTC(), request.URL.Path, body}
	line, _ := json.Marshal(got)
	fmt.Println(string(line))
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.all = append(r.all, got)
	if len(r.all) > kept {
		r.all = r.all[len(r.all)-kept:]
	}
}

func (r *receiver) list(w http.ResponseWriter, request *http.Request) {
	path := request.URL.Query().Get("path")
	result := []notification{}
	r.mutex.Lock()
	for _, one := range r.all {
		if path == "" || one.Path == path {
			result = append(result, one)
		}
	}
	r.mutex.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(result)
}

func main() {
	r := &receiver{}
	http.HandleFunc("POST /", r.keep)
	http.HandleFunc("GET /notifications", r.list)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
