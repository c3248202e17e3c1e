// Says what a Kubernetes API server would say against objects, without one: the server's own code validates them against
// their CustomResourceDefinitions. Schema, defaults, unknown fields, metadata and CEL rules, in the order of a create.
//
//	tocsin-admission CRD...   reads objects from standard input, a JSON object per line; writes for each, in order, a
//	                          line {"errors":[{"field":"spec.for","message":"Invalid value: …"}]}
//
// An object is taken as it is to be created, strictly: an unknown field is an error, as kubectl has it, and its status is
// passed over. It fails when a CRD or a line cannot be read.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

type finding struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

type answer struct {
	Errors []finding `json:"errors"`
}

// kind is one version of one CRD.
type kind struct {
	namespaced bool
	schema     *schema.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator
}

// kinds by apiVersion and kind.
type kinds map[string]kind

func (k kinds) read(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var v1 apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(text, &v1); err != nil {
		return err
	}
	apiextensionsv1.SetDefaults_CustomResourceDefinition(&v1)
	apiextensionsv1.SetDefaults_CustomResourceDefinitionSpec(&v1.Spec)
	for _, version := range v1.Spec.Versions {
		var props apiextensions.CustomResourceValidation
		if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(version.Schema, &props, nil); err != nil {
			return err
		}
		structural, err := schema.NewStructural(props.OpenAPIV3Schema)
		if err != nil {
			return err
		}
		validator, _, err := validation.NewSchemaValidator(props.OpenAPIV3Schema)
		if err != nil {
			return err
		}
		k[v1.Spec.Group+"/"+version.Name+" "+v1.Spec.Names.Kind] = kind{
			namespaced: v1.Spec.Scope == apiextensionsv1.NamespaceScoped,
			schema:     structural,
			validator:  validator,
			rules:      cel.NewValidator(structural, true, celconfig.PerCallLimit),
		}
	}
	return nil
}

func (k kinds) check(ctx context.Context, object map[string]any) []finding {
	u := unstructured.Unstructured{Object: object}
	known, ok := k[u.GetAPIVersion()+" "+u.GetKind()]
	if !ok {
		return []finding{{"apiVersion", fmt.Sprintf("there is no kind %q in %q", u.GetKind(), u.GetAPIVersion())}}
	}
	var findings []finding
	unknown := func(paths []string) {
		slices.Sort(paths)
		for _, path := range paths {
			findings = append(findings, finding{path, "unknown field"})
		}
	}
	// As the server's decoder does (customresource_handler.go): metadata by itself, then all else by the schema.
	meta, found, paths, err := objectmeta.GetObjectMetaWithOptions(object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return []finding{{"metadata", err.Error()}}
	}
	unknown(paths)
	if !found {
		meta = &metav1.ObjectMeta{}
	}
	unknown(pruning.PruneWithOptions(object, known.schema, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}))
	defaulting.PruneNonNullableNullsWithoutDefaults(object, known.schema)
	defaulting.Default(object, known.schema)
	delete(object, "status")
	if known.namespaced && meta.Namespace == "" {
		meta.Namespace = metav1.NamespaceDefault
	}

	errs := apivalidation.ValidateObjectMeta(meta, known.namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
	errs = append(errs, validation.ValidateCustomResource(nil, object, known.validator)...)
	errs = append(errs, objectmeta.Validate(ctx, nil, object, known.schema, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, known.schema, object)...)
	// Rules are not run on what is of another shape than they expect; the server does the same (strategy.go).
	if !slices.ContainsFunc(errs, isAboutShape) && known.rules != nil {
		broken, _ := known.rules.Validate(ctx, nil, known.schema, object, nil, celconfig.RuntimeCELCostBudget)
		errs = append(errs, broken...)
	}
	for _, err := range errs {
		findings = append(findings, finding{err.Field, err.ErrorBody()})
	}
	return findings
}

func isAboutShape(err *field.Error) bool {
	switch err.Type {
	case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
		return true
	}
	return false
}

func run(crds []string, in io.Reader, out io.Writer) error {
	known := kinds{}
	for _, file := range crds {
		if err := known.read(file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	lines, writer := bufio.NewReader(in), json.NewEncoder(out)
	writer.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var object unstructured.Unstructured
		// This decoder tells integers from other numbers, as the server's does.
		if err := object.UnmarshalJSON(line); err != nil {
			return err
		}
		findings := known.check(context.Background(), object.Object)
		if findings == nil {
			findings = []finding{}
		}
		if err := writer.Encode(answer{findings}); err != nil {
			return err
		}
	}
}

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "tocsin-admission:", err)
		os.Exit(1)
	}
}
