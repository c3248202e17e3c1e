// Puts Alertmanager's configuration where Alertmanager loads it, in each member's pod: a Secret holds 1 MiB, so the
// operator keeps a longer configuration compressed, and Alertmanager loads plain files only.
//
//	tocsin-unpack FOLDER FILE   writes FILE from FOLDER/alertmanager.yaml.gz, or from FOLDER/alertmanager.yaml when there
//	                            is no such, and again whenever they change, until it is stopped
//	tocsin-unpack --check FILE HOST...
//	                            succeeds once FILE is written and each HOST has an address, or FILE is 15 s old
//
// HOSTs are the other members: Alertmanager looks for their names when it starts, and then 15 s later, so members that
// start together before the names are known would each send what one of them should.
//
// FOLDER is a mounted Secret. FILE is replaced in one step and is always whole: from what is damaged nothing is written.
// It prints no word of what it reads.
package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	// Short beside the second in which an edit should be in force, long beside the two file lookups that it costs.
	period = 100 * time.Millisecond
	// After a failure, since only another version of the Secret can help.
	pause = time.Second
	// A member that is alone works alone.
	patience = 15 * time.Second
	// Shorter than the second that the kubelet gives a probe.
	lookupTime = 800 * time.Millisecond
	plain      = "alertmanager.yaml"
)

// state is what tells one version of the folder from the next: the kubelet puts new files in the old ones' place.
type state struct{ compressed, plain os.FileInfo }

func look(folder string) state {
	compressed, _ := os.Stat(filepath.Join(folder, plain+".gz"))
	text, _ := os.Stat(filepath.Join(folder, plain))
	return state{compressed, text}
}

func (s state) is(other state) bool {
	return same(s.compressed, other.compressed) && same(s.plain, other.plain)
}

func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// unpack writes the file and returns its size.
func unpack(folder, file string) (int64, error) {
	from, err := source(folder)
	if err != nil {
		return 0, err
	}
	defer from.Close()
	making := file + ".making"
	to, err := os.OpenFile(making, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	size, err := io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return 0, err
	}
	return size, os.Rename(making, file)
}

func source(folder string) (io.ReadCloser, error) {
	compressed, err := os.Open(filepath.Join(folder, plain+".gz"))
	if errors.Is(err, fs.ErrNotExist) {
		return os.Open(filepath.Join(folder, plain))
	}
	if err != nil {
		return nil, err
	}
	text, err := gzip.NewReader(compressed)
	if err != nil {
		compressed.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{text, compressed}, nil
}

func keep(folder, file string) {
	var done state
	var told string
	for first := true; ; first = false {
		now := look(folder)
		if first || !now.is(done) {
			size, err := unpack(folder, file)
			if err != nil {
				if err.Error() != told {
					told = err.Error()
					slog.Error("the configuration cannot be unpacked, Alertmanager keeps the last one", "error", told)
				}
				time.Sleep(pause)
				continue
			}
			slog.Info("unpacked", "bytes", size)
			done, told = now, ""
		}
		time.Sleep(period)
	}
}

// check tells what Alertmanager still has to wait for.
func check(file string, hosts []string) error {
	written, err := os.Stat(file)
	if err != nil {
		return err
	}
	if time.Since(written.ModTime()) > patience {
		return nil
	}
	within, cancel := context.WithTimeout(context.Background(), lookupTime)
	defer cancel()
	for _, host := range hosts {
		if _, err := net.DefaultResolver.LookupHost(within, host); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if len(os.Args) >= 3 && os.Args[1] == "--check" {
		if err := check(os.Args[2], os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: tocsin-unpack FOLDER FILE\n       tocsin-unpack --check FILE HOST...")
		os.Exit(2)
	}
	keep(os.Args[1], os.Args[2])
}
