// The local cluster's programs in one: the control plane, the node, the DNS server, kubectl and helm.
//
// Linked apart they are nine binaries of 50 to 130 MB that share most of their code, and whose dependencies differ in
// their last digits, so that each compiles the same libraries anew. Linked together they are one binary, built in one
// go from one list of dependencies. Which command runs is decided by the name that the program is called by: each
// command is a symbolic link to this file.
package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/loadbalance"
	_ "github.com/coredns/coredns/plugin/log"
	_ "github.com/coredns/coredns/plugin/ready"
	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	helm "helm.sh/helm/v4/pkg/cmd"
	helmkube "helm.sh/helm/v4/pkg/kube"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	kubeproxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// commands maps the name that the program is called by to what it then is.
var commands = map[string]func(){
	"etcd":                    func() { etcdmain.Main(os.Args) },
	"kube-apiserver":          func() { run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() { run(controllermanager.NewControllerManagerCommand()) },
	"kube-scheduler":          func() { run(scheduler.NewSchedulerCommand()) },
	"kube-proxy":              func() { run(kubeproxy.NewProxyCommand()) },
	"kubelet":                 func() { run(kubelet.NewKubeletCommand(context.Background())) },
	"kubectl":                 runKubectl,
	"coredns":                 runCoreDNS,
	"helm":                    runHelm,
}

func run(command *cobra.Command) { os.Exit(cli.Run(command)) }

// runKubectl differs from run as upstream's own main does: its errors are printed for people, not logged.
func runKubectl() {
	logs.GlogSetter(kubectl.GetLogVerbosity(os.Args))
	kubectlutil.CheckErr(cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()))
}

// runCoreDNS serves with the plugins that a cluster needs; upstream's program links sixty, with the clients of three
// clouds. The list is the order in which the plugins of a server block handle a query.
func runCoreDNS() {
	dnsserver.Directives = []string{"bind", "ready", "errors", "log", "cache", "loadbalance", "kubernetes"}
	coremain.Run()
}

func runHelm() {
	// The manager's name in managedFields; helm's own main sets the same.
	helmkube.ManagedFieldsManager = "helm"
	command, err := helm.NewRootCmd(os.Stdout, os.Args[1:], helm.SetupLogging)
	if err == nil {
		err = command.Execute()
	}
	var failure helm.CommandError
	switch {
	case errors.As(err, &failure):
		os.Exit(failure.ExitCode)
	case err != nil:
		os.Exit(1)
	}
}

func main() {
	name := filepath.Base(os.Args[0])
	command, known := commands[name]
	if !known {
		names := strings.Join(slices.Sorted(maps.Keys(commands)), ", ")
		fmt.Fprintf(os.Stderr, "%s: call this program by one of these names: %s\n", name, names)
		os.Exit(2)
	}
	command()
}
