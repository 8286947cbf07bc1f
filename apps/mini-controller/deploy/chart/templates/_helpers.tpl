{{- define "upgrade-halt.role" -}}
{{ if .Values.watchNamespace }}Role{{ else }}ClusterRole{{ end }}
{{- end -}}

{{- define "upgrade-halt.suffix" -}}
{{ with .Values.watchNamespace }}-{{ . }}{{ end }}
{{- end -}}

{{- define "upgrade-halt.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}
